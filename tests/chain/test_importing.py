"""Dumps become events by wallet, whole or not at all, and say what they lack."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from smartmoney.chain import ChainEvent, Log, decode
from smartmoney.chain.completeness import Completeness
from smartmoney.chain.importing import import_dump
from smartmoney.cli import cli
from smartmoney.errors import ParameterError
from tests.kit.chain_logs import (
    ADAPTER,
    ALICE,
    BOB,
    EXCHANGE_1,
    EXCHANGE_2,
    EXCHANGE_3,
    MARKET,
    TOKENS,
    filled_2,
    log_of,
    match,
    node_row,
)

START, DAY = 1_780_000_000, 86_400
MATCHES = 20
MARKET_MAKER = "0x" + "c3" * 20
BLOCK = 90_000_000


def logs(count: int = MATCHES) -> list[Log]:
    return [log for number in range(1, count + 1) for log in match(number, BLOCK + number)]


def placed(log: Log, block: int, index: int, transaction: str = "0x" + "e" * 64) -> Log:
    return Log(log.address, log.topics, log.data, transaction, block, index)


def rows(given: list[Log]) -> list[dict[str, Any]]:
    return [node_row(log, START + (log.block - BLOCK) * DAY) for log in given]


def write_json(path: Path, given: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(given))
    return path


def write_csv(path: Path, given: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, given[0].keys())
        writer.writeheader()
        writer.writerows(given)
    return path


def as_tables(row: dict[str, Any]) -> dict[str, Any]:
    topics = dict(zip(("topic0", "topic1", "topic2", "topic3"), row["topics"], strict=True))
    return {
        "address": row["address"],
        **topics,
        "data": row["data"],
        "transaction_hash": row["transactionHash"],
        "block_number": int(row["blockNumber"], 16),
        "log_index": int(row["logIndex"], 16),
        "block_timestamp": int(row["blockTimestamp"], 16),
    }


def decoded(log: Log) -> ChainEvent:
    [event] = decode(log)  # type: ignore[misc]
    return event


def as_subgraph(log: Log) -> dict[str, Any]:
    event = decoded(log)
    buys = event.kind == "buy"
    amounts = (event.cash_micro, event.size_micro)
    given, got = amounts if buys else amounts[::-1]
    return {
        "timestamp": START + (log.block - BLOCK) * DAY,
        "maker": event.wallet,
        "makerAssetId": "0" if buys else event.token,
        "makerAmountFilled": given,
        "taker": event.counterparty,
        "takerAssetId": event.token if buys else "0",
        "takerAmountFilled": got,
        "transactionHash": event.transaction,
    }


def stored(folder: Path) -> list[tuple[Any, ...]]:
    return duckdb.sql(
        "SELECT kind, wallet, counterparty, contract, transaction, block, log_index, token, size_micro, cash_micro, "
        f"fee_micro, taker FROM read_parquet('{folder}/events/*/*.parquet') ORDER BY block, log_index, transaction, wallet"
    ).fetchall()


def expected(given: list[Log]) -> list[tuple[Any, ...]]:
    names = "kind, wallet, counterparty, contract, transaction, block, log_index, token, size_micro"
    fields = [*names.split(", "), "cash_micro", "fee_micro", "taker"]
    return [tuple(getattr(decoded(log), name) for name in fields) for log in given]


def test_three_forms_of_logs_give_the_same_events(tmp_path: Path) -> None:
    given = rows(logs())
    tables = [as_tables(row) for row in given]
    octets = [
        {
            key: bytes.fromhex(value[2:]) if str(value)[:2] == "0x" else value
            for key, value in row.items()
        }
        for row in tables
    ]
    pq.write_table(pa.Table.from_pylist(tables), tmp_path / "c.parquet")
    pq.write_table(pa.Table.from_pylist(octets), tmp_path / "d.parquet")
    paths = [
        write_json(tmp_path / "a.json", given),
        write_csv(tmp_path / "b.csv", tables),
        tmp_path / "c.parquet",
        tmp_path / "d.parquet",
    ]
    for path in paths:
        statement = import_dump(path, tmp_path / path.stem)
        whole = (statement.rows, statement.events, statement.held_back, statement.doubled)
        assert whole == (3 * MATCHES, 3 * (MATCHES - 1), 3, 0), path
        assert not statement.refused and not statement.wallets_in_doubt
        assert stored(tmp_path / path.stem) == expected(logs(MATCHES - 1))


def test_a_wallet_lies_in_one_partition(tmp_path: Path) -> None:
    import_dump(write_json(tmp_path / "a.json", rows(logs())), tmp_path / "out")
    scattered = duckdb.sql(
        f"SELECT wallet FROM read_parquet('{tmp_path}/out/events/*/*.parquet') GROUP BY 1 HAVING count(DISTINCT bucket) > 1"
    )
    assert scattered.fetchall() == []


def test_fills_of_the_subgraph_say_what_they_lack(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orderFilled.csv", [as_subgraph(log) for log in logs()])
    statement = import_dump(path, tmp_path / "out")
    assert "no contract, block" in statement.lacks
    assert statement.events == 3 * (MATCHES - 1) and statement.held_back == 3
    kept = {(row[0], row[1], row[7], row[8], row[9]) for row in stored(tmp_path / "out")}
    wanted = {(row[0], row[1], row[7], row[8], row[9]) for row in expected(logs(MATCHES - 1))}
    assert kept == wanted


def test_fills_with_contracts_follow_the_era_of_their_exchange(tmp_path: Path) -> None:
    fill = {"order_hash": "", "taker": BOB, "timestamp": "2026-03-01 12:00:00", "fee": 12}
    fill |= {"maker_amount": 400_000, "taker_amount": 1_000_000}
    bought = {**fill, "maker": ALICE, "maker_asset_id": "0", "taker_asset_id": "77"}
    sold = {**bought, "maker_asset_id": "77", "taker_asset_id": "0"}
    table = [
        {**row, "_contract": contract, "block_number": 5, "log_index": index, "transaction_hash": f"0x{index:064x}"}
        for index, (row, contract) in enumerate(
            [(bought, EXCHANGE_1), (sold, EXCHANGE_1), (bought, EXCHANGE_2)]
        )
    ]  # fmt: skip
    table.append({**table[0], "block_number": 6, "log_index": 9})
    table.append({**table[0], "log_index": 10, "taker_asset_id": "0"})
    table.append({**table[0], "log_index": 11, "maker_amount": 2**62 + 2**63})
    pq.write_table(pa.Table.from_pylist([{**row, "maker_amount": str(row["maker_amount"])} for row in table]),
                   tmp_path / "t.parquet")  # fmt: skip
    statement = import_dump(tmp_path / "t.parquet", tmp_path / "out")
    assert (statement.events, statement.held_back) == (3, 1)
    assert {*statement.refused.values()} == {1} and len(statement.refused) == 2
    kept = duckdb.sql(
        "SELECT kind, size_micro, cash_micro, fee_micro, fee_shares_micro, ts "
        f"FROM read_parquet('{tmp_path}/out/events/*/*.parquet') ORDER BY log_index"
    ).fetchall()
    noon = 1_772_366_400
    assert kept == [
        ("buy", 1_000_000, 400_000, 0, 12, noon),
        ("sell", 400_000, 1_000_000, 12, 0, noon),
        ("buy", 1_000_000, 400_000, 12, 0, noon),
    ]


def test_another_form_is_read_by_its_mapping(tmp_path: Path) -> None:
    strange = [
        {"who": row["maker"], "other": row["taker"], "gave": row["makerAssetId"], "got": row["takerAssetId"],
         "a": row["makerAmountFilled"], "b": row["takerAmountFilled"], "hash": row["transactionHash"]}
        for row in map(as_subgraph, logs())
    ]  # fmt: skip
    path = write_csv(tmp_path / "strange.csv", strange)
    with pytest.raises(ParameterError, match="no dump we know"):
        import_dump(path, tmp_path / "out")
    names = {"maker": "who", "taker": "other", "maker_asset": "gave", "taker_asset": "got"}
    names |= {"maker_amount": "a", "taker_amount": "b", "transaction": "hash"}
    mapping = tmp_path / "mapping"
    mapping.write_text(json.dumps(names))
    assert import_dump(path, tmp_path / "out", mapping).events == 3 * MATCHES
    for wrong, sentence in (
        ({**names, "maker": "absent"}, "no column absent"),
        ({"maker": "who"}, "leaves out taker, maker_amount"),
        ({"wallet": "who"}, "A mapping is an object"),
    ):
        mapping.write_text(json.dumps(wrong))
        with pytest.raises(ParameterError, match=sentence):
            import_dump(path, tmp_path / "other", mapping)


def test_doubled_rows_count_once_and_contradictions_name_their_wallets(tmp_path: Path) -> None:
    given = rows(logs())
    changed = {**given[4], "data": given[3]["data"]}
    statement = import_dump(
        write_json(tmp_path / "a.json", [*given, given[0], given[0], changed]), tmp_path / "out"
    )
    assert statement.doubled == 2
    assert statement.contradicted == [decoded(logs()[4]).wallet]
    assert statement.events == 3 * (MATCHES - 1) - 1
    assert decoded(logs()[4]).wallet in statement.wallets_in_doubt


@pytest.mark.parametrize("lost", [0, 1, 2], ids=["resting", "other resting", "taking"])
def test_a_dropped_log_names_the_wallets_of_its_match(tmp_path: Path, lost: int) -> None:
    given = logs()
    dropped = given.pop(3 * 5 + lost)
    statement = import_dump(write_json(tmp_path / "a.json", rows(given)), tmp_path / "out")
    assert [match.transaction for match in statement.unbalanced] == [dropped.transaction]
    others = {decoded(log).wallet for log in given if log.transaction == dropped.transaction}
    assert {*statement.wallets_in_doubt} == others


def test_swapped_logs_name_the_wallets_of_both_matches(tmp_path: Path) -> None:
    given = [log for n in range(1, 10) for log in match(n, BLOCK + n, size=900_000 + n)]
    one, two = given[2], given[8]
    given[2] = Log(one.address, two.topics, two.data, one.transaction, one.block, one.index)
    given[8] = Log(two.address, one.topics, one.data, two.transaction, two.block, two.index)
    statement = import_dump(write_json(tmp_path / "a.json", rows(given)), tmp_path / "out")
    assert {match.transaction for match in statement.unbalanced} == {
        one.transaction,
        two.transaction,
    }


def whole(tmp_path: Path, given: list[Log]) -> Completeness:
    """The statement of an import of these logs with one match before and one behind them."""
    around = [*match(900, BLOCK + 1), *given, *match(901, BLOCK + 9)]
    return import_dump(write_json(tmp_path / "a.json", rows(around)), tmp_path / "out")


def test_two_exchanges_in_one_transaction_are_judged_apart(tmp_path: Path) -> None:
    at_3 = {"maker": BOB, "makerAmountFilled": 5, "takerAmountFilled": 10}
    given = [
        placed(filled_2(), BLOCK + 2, 1000),
        placed(filled_2(EXCHANGE_3, **at_3), BLOCK + 2, 1001),
        placed(filled_2(maker=MARKET_MAKER, taker=ALICE, side=1, makerAmountFilled=10**6,
                        takerAmountFilled=400_000), BLOCK + 2, 1002),
    ]  # fmt: skip
    [wrong] = whole(tmp_path, given).unbalanced
    assert (wrong.contract, wrong.wallets) == (EXCHANGE_3, [BOB])
    both = [*given[:2], placed(filled_2(maker=MARKET_MAKER, taker=ALICE), BLOCK + 2, 1002)]
    (tmp_path / "two").mkdir()
    wrong_too = whole(tmp_path / "two", both).unbalanced
    assert [(each.contract, each.wallets) for each in wrong_too] == [
        (EXCHANGE_2, sorted([ALICE, MARKET_MAKER])),
        (EXCHANGE_3, [BOB]),
    ]


@pytest.mark.parametrize(
    ("resting", "wrong"),
    [
        ({"side": 0, "tokenId": 78, "takerAmountFilled": 10**6, "makerAmountFilled": 600_000}, False),
        ({"side": 0, "tokenId": 78, "takerAmountFilled": 10**6, "makerAmountFilled": 599_998}, False),
        ({"side": 0, "tokenId": 78, "takerAmountFilled": 10**6, "makerAmountFilled": 599_997}, True),
        ({"side": 1, "tokenId": 77, "makerAmountFilled": 10**6, "takerAmountFilled": 399_990}, True),
        ({"side": 1, "tokenId": 78, "makerAmountFilled": 10**6, "takerAmountFilled": 400_000}, True),
        ({"side": 0, "tokenId": 77, "takerAmountFilled": 10**6, "makerAmountFilled": 600_000}, True),
    ],
    ids=["made", "rounded", "cash off", "price off", "another token", "one token twice"],
)  # fmt: skip
def test_cash_and_tokens_of_a_match_add_up(
    tmp_path: Path, resting: dict[str, Any], wrong: bool
) -> None:
    rested = filled_2(maker=MARKET_MAKER, taker=ALICE, **resting)
    given = [placed(rested, BLOCK + 2, 1000), placed(filled_2(), BLOCK + 2, 1001)]
    assert bool(whole(tmp_path, given).unbalanced) is wrong


def test_a_fill_against_another_contract_is_none_that_took(tmp_path: Path) -> None:
    given = [placed(filled_2(maker=BOB, taker=TOKENS), BLOCK + 2, 1000),
             placed(filled_2(maker=BOB, taker=EXCHANGE_1), BLOCK + 2, 1001)]  # fmt: skip
    whole(tmp_path, given)
    assert [row[-1] for row in stored(tmp_path / "out") if row[1] == BOB] == [False, False]
    fills = [{**as_subgraph(match(1, BLOCK)[2]), "taker": taker} for taker in (TOKENS, EXCHANGE_2)]
    fills.append({**fills[0], "timestamp": START + DAY})
    import_dump(write_csv(tmp_path / "orderFilled.csv", fills), tmp_path / "fills")
    kept = {row[2]: (row[3], row[-1]) for row in stored(tmp_path / "fills")}
    assert kept[EXCHANGE_2] == (EXCHANGE_2, True) and kept[TOKENS][1] is False


def test_matches_of_the_subgraph_are_judged_too(tmp_path: Path) -> None:
    given = [as_subgraph(log) for log in logs()]
    whole_one = import_dump(write_csv(tmp_path / "a.csv", given), tmp_path / "out")
    assert whole_one.unbalanced == []
    lost = given.pop(3)
    statement = import_dump(write_csv(tmp_path / "b.csv", given), tmp_path / "other")
    assert [each.transaction for each in statement.unbalanced] == [lost["transactionHash"]]


def test_what_a_contract_never_says_is_named(tmp_path: Path) -> None:
    who = {"operator": BOB, "from": ALICE, "to": BOB}
    moved = placed(log_of("TransferSingle", TOKENS, **who, id=77, value=4), BLOCK + 2, 1000)
    statement = whole(tmp_path, [moved])
    assert statement.absent_kinds(TOKENS) == ["merge", "redeem", "resolution", "split"]
    assert statement.absent_kinds(EXCHANGE_2) == []
    assert "none of kind merge, redeem, resolution, split" in " ".join(statement.sentences())


def test_a_redemption_has_the_shares_that_it_burnt(tmp_path: Path) -> None:
    nobody = "0x" + "0" * 40
    tokens = {"collateralToken": BOB, "parentCollectionId": bytes(32), "conditionId": MARKET}
    burns = [log_of("TransferSingle", TOKENS, operator=ALICE, **{"from": ALICE}, to=to, id=id_, value=value)
             for to, id_, value in ((nobody, 7, 4), (nobody, 7, 5), (nobody, 8, 6), (BOB, 8, 100))]  # fmt: skip
    merged = log_of(
        "PositionsMerge", TOKENS, stakeholder=ALICE, **tokens, partition=[1, 2], amount=4
    )
    redeemed = log_of(
        "PayoutRedemption", TOKENS, redeemer=ALICE, **tokens, indexSets=[1, 2], payout=5
    )
    order = [burns[0], merged, burns[1], burns[2], burns[3], redeemed]
    given = [placed(log, BLOCK + 2, 1000 + place) for place, log in enumerate(order)]
    alone = placed(redeemed, BLOCK + 3, 2000, "0x" + "d" * 64)
    whole(tmp_path, [*given, alone])
    kept = [row[8] for row in stored(tmp_path / "out") if row[0] == "redeem"]
    assert kept == [11, -1]


def test_a_conversion_pays_the_fee_that_its_event_was_opened_with(tmp_path: Path) -> None:
    opened = log_of("MarketPrepared", ADAPTER, marketId=MARKET, oracle=BOB, feeBips=250, data=b"x")
    values = {"stakeholder": ALICE, "indexSet": 0b1011, "amount": 999}
    given = [
        placed(opened, BLOCK + 2, 1000),
        placed(log_of("PositionsConverted", ADAPTER, marketId=MARKET, **values), BLOCK + 3, 1001),
        placed(
            log_of("PositionsConverted", ADAPTER, marketId=bytes(32), **values), BLOCK + 4, 1002
        ),
    ]
    statement = whole(tmp_path, given)
    kept = duckdb.sql(
        "SELECT cash_micro, fee_micro, fee_shares_micro, fee_bips "
        f"FROM read_parquet('{tmp_path}/out/events/*/*.parquet') WHERE kind = 'conversion' ORDER BY block"
    ).fetchall()
    assert kept == [(1998, 2 * 24, 24, 250), (1998, 0, 0, -1)]
    assert "1 conversions are of events whose opening" in " ".join(statement.sentences())


def test_what_cannot_be_read_is_counted_by_reason(tmp_path: Path) -> None:
    largest = filled_2(makerAmountFilled=2**256 - 1)
    bad = [
        Log(EXCHANGE_2, largest.topics, largest.data, "0x" + "1" * 64, BLOCK, 900),
        Log(BOB, largest.topics, largest.data, "0x" + "2" * 64, BLOCK, 901),
        Log(EXCHANGE_2, (MARKET,), b"", "0x" + "3" * 64, BLOCK, 902),
    ]
    given = [*rows([*logs(), *bad]), {**rows(bad)[0], "data": "0xzz"}]
    statement = import_dump(write_json(tmp_path / "a.json", given), tmp_path / "out")
    assert statement.refused == {
        "a row that is no log": 1,
        "an amount beyond what a book holds": 1,
        "unknown contract": 1,
        "unknown topic of a known contract": 1,
    }
    assert statement.events == 3 * (MATCHES - 1)


def test_a_conversion_keeps_an_index_set_of_256_bits(tmp_path: Path) -> None:
    values = {"stakeholder": ALICE, "marketId": MARKET, "amount": 7, "indexSet": 2**255 + 1}
    one = log_of("PositionsConverted", ADAPTER, **values)
    statement = import_dump(
        write_json(
            tmp_path / "a.json", rows([one, *match(1, BLOCK + 1), *match(2, one.block + 9)])
        ),
        tmp_path / "out",
    )
    assert statement.events == 4
    kept = duckdb.sql(
        f"SELECT index_set, cash_micro FROM read_parquet('{tmp_path}/out/events/*/*.parquet') WHERE kind = 'conversion'"
    ).fetchall()
    assert kept == [(str(2**255 + 1), 7)]


def test_absent_days_and_contracts_are_named(tmp_path: Path) -> None:
    given = [log for log in logs() if log.block not in (BLOCK + 7, BLOCK + 8)]
    given.append(placed(filled_2(EXCHANGE_3), BLOCK + 9, 999))
    statement = import_dump(write_json(tmp_path / "a.json", rows(given)), tmp_path / "out")
    assert len(statement.absent_days(EXCHANGE_2)) == 2
    assert statement.absent_contracts() == [
        "conditional tokens",
        "adapter for negative risk",
        "exchange for negative risk, version 2",
        "position manager of Protocol V2",
    ]
    assert statement.absent_days(EXCHANGE_3)[0] == date(2026, 5, 29)
    said = " ".join(statement.sentences())
    assert "2 days without any" in said and "Nothing of: conditional tokens." in said


def test_a_broken_file_leaves_nothing(tmp_path: Path) -> None:
    pq.write_table(
        pa.Table.from_pylist([as_tables(row) for row in rows(logs())]), tmp_path / "c.parquet"
    )
    whole = (tmp_path / "c.parquet").read_bytes()
    (tmp_path / "c.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ParameterError, match="nothing was imported"):
        import_dump(tmp_path / "c.parquet", tmp_path / "home" / "out")
    assert [*(tmp_path / "home").iterdir()] == []


def test_a_dump_is_imported_once(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.json", rows(logs()))
    import_dump(path, tmp_path / "out")
    with pytest.raises(ParameterError, match="a folder of its own"):
        import_dump(path, tmp_path / "out")


@pytest.mark.parametrize("name", ["absent.csv", "notes.txt"])
def test_what_is_no_dump_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(ParameterError, match="holds no files of one form"):
        import_dump(tmp_path / name, tmp_path / "out")


def test_the_command_says_what_it_kept(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.json", rows(logs()))
    done = CliRunner().invoke(cli, ["chain", "import", str(path), "--to", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "60 rows, 57 events" in done.output and "Kept in" in done.output
