"""Dumps as people keep them: any route, either version's names, any form of file, any name, and plain tables of fills."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from polymarket_sim import ids
from polymarket_sim.recorded import is_known_set
from polymarket_sim.recorded.dump import load_dump
from polymarket_sim.recorded.row_server import Rows
from smartmoney.errors import RecordingError
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.supervise.recorded import import_recording

Row = dict[str, Any]
USER, OTHER = ids.address("dump", 1), ids.address("dump", 2)
START = 1_770_000_000
GROUP = "0x" + "ab" * 31 + "00"
V2 = {
    "proxyWallet": "proxy_wallet",
    "conditionId": "condition_id",
    "usdcSize": "usdc_size",
    "transactionHash": "transaction_hash",
    "asset": "token_id",
    "outcomeIndex": "outcome_index",
    "eventSlug": "event_slug",
}
PROFILE = ("name", "pseudonym")


def condition(number: int) -> str:
    return ids.condition_id(ids.digest("dump question", number))


def row(number: int, kind: str = "TRADE", negative: bool = False, **changes: Any) -> Row:
    """A purchase of 10 No at 0.40, or another row of that market, as the first version writes it."""
    named = kind == "TRADE"
    return {
        "proxyWallet": USER,
        "timestamp": START + number * 100,
        "conditionId": condition(number),
        "type": kind,
        "size": 10,
        "usdcSize": 4 if named else 10,
        "transactionHash": ids.digest("dump", number, kind),
        "price": 0.4 if named else 0,
        "asset": ids.token_ids(condition(number), negative)[1] if named else "",
        "side": "BUY" if named else "",
        "outcomeIndex": 1 if named else 999,
        "outcome": "No" if named else "",
        "title": f"Question {number}?",
        "slug": f"q-{number}",
        "eventSlug": f"e-{number}",
        "name": "Made-Up",
        "pseudonym": "Made-Up",
        **changes,
    }


def position(number: int, **changes: Any) -> Row:
    """A row of the first version's `/positions`: 100 Yes at 0.30, now at 0.60."""
    tokens = ids.token_ids(condition(number), False)
    return {
        "proxyWallet": USER,
        "asset": tokens[0],
        "conditionId": condition(number),
        "size": 100,
        "avgPrice": 0.3,
        "currentValue": 60,
        "cashPnl": 30,
        "totalBought": 100,
        "realizedPnl": 0,
        "curPrice": 0.6,
        "redeemable": False,
        "mergeable": False,
        "title": f"Question {number}?",
        "slug": f"q-{number}",
        "eventId": str(number),
        "eventSlug": f"e-{number}",
        "outcome": "Yes",
        "outcomeIndex": 0,
        "oppositeOutcome": "No",
        "oppositeAsset": tokens[1],
        "endDate": "2026-12-01",
        "negativeRisk": False,
        **changes,
    }


def as_csv(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_parquet(rows: list[Row]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def as_json(rows: list[Row]) -> bytes:
    return json.dumps(rows).encode()


def as_lines(rows: list[Row]) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


FORMS: dict[str, Callable[[list[Row]], bytes]] = {
    "json": as_json,
    "json with a BOM": lambda rows: b"\xef\xbb\xbf" + as_json(rows),
    "an answer of the API": lambda rows: json.dumps({"data": rows, "pagination": {}}).encode(),
    "pages in a list": lambda rows: json.dumps([rows[:1], rows[1:]]).encode(),
    "json lines": as_lines,
    "csv": as_csv,
    "csv with a BOM": lambda rows: b"\xef\xbb\xbf" + as_csv(rows),
    "csv in UTF-16": lambda rows: as_csv(rows).decode().encode("utf-16"),
    "csv with semicolons": lambda rows: as_csv(rows).replace(b",", b";"),
    "gzip": lambda rows: gzip.compress(as_json(rows)),
    "parquet": as_parquet,
}


def load(folder: Path, *files: bytes | list[Row]) -> Rows:
    """What is served of a folder with these files, whose names say nothing."""
    folder.mkdir(exist_ok=True)
    for number, file in enumerate(files):
        content = file if isinstance(file, bytes) else as_json(file)
        (folder / f"download ({number}).bak").write_bytes(content)
    return load_dump(folder)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("version", [1, 2])
def test_every_form_and_both_versions_give_the_same(
    tmp_path: Path, form: str, version: int
) -> None:
    rows = [row(2), row(1, "REDEEM", timestamp=START + 150), row(1)]
    given = [
        {V2.get(name, name) if version == 2 else name: each[name] for name in each} for each in rows
    ]
    file = tmp_path / "whatever"
    file.write_bytes(FORMS[form](given))
    found = load_dump(file)
    kept = (
        "proxy_wallet",
        "timestamp",
        "condition_id",
        "type",
        "token_id",
        "side",
        "outcome_index",
    )
    assert [[each[name] for name in kept] for each in found.activity[USER]] == [
        [
            each[name]
            for name in (
                "proxyWallet",
                "timestamp",
                "conditionId",
                "type",
                "asset",
                "side",
                "outcomeIndex",
            )
        ]
        for each in reversed(rows)
    ]
    amounts = [
        [float(each[name]) for name in ("size", "usdc_size", "price")]
        for each in found.activity[USER]
    ]
    assert amounts == [[10, 4, 0.4], [10, 10, 0], [10, 4, 0.4]]
    assert {each["conditionId"] for each in found.markets} == {condition(1), condition(2)}
    assert [each["payouts"] for each in found.resolutions] == [[0, 1_000_000]]
    assert found.profiles[USER]["name"] == "Made-Up"


def test_a_market_is_made_from_its_rows(tmp_path: Path) -> None:
    [market] = load(tmp_path, [row(1)]).markets
    assert json.loads(market["clobTokenIds"]) == list(ids.token_ids(condition(1), False))
    assert json.loads(market["outcomes"]) == ["Yes", "No"]
    assert (market["question"], market["slug"], market["closed"]) == ("Question 1?", "q-1", False)


def test_tokens_of_negative_risk(tmp_path: Path) -> None:
    found = load(tmp_path, [row(2, negative=True)])
    assert json.loads(found.markets[0]["clobTokenIds"]) == list(ids.token_ids(condition(2), True))
    assert found.markets[0]["negRisk"] is True


def test_a_market_that_is_described_is_served_as_it_is(tmp_path: Path) -> None:
    gamma = {
        "conditionId": condition(1),
        "clobTokenIds": '["1","2"]',
        "question": "Own words",
        "slug": "q-1",
    }
    found = load(tmp_path, [row(1)], [gamma])
    assert found.markets == [gamma]


@pytest.mark.parametrize(
    ("outcome", "cash", "payouts"),
    [(1, 10, [0, 1_000_000]), (1, 0, [1_000_000, 0]), (0, 5, [500_000, 500_000])],
)
def test_a_redemption_of_the_new_shape_without_a_profile(
    tmp_path: Path, outcome: int, cash: int, payouts: list[int]
) -> None:
    token = ids.token_ids(condition(3), False)[outcome]
    redeemed = row(
        3, "REDEEM", asset=token, outcomeIndex=outcome, usdcSize=cash, timestamp=START + 900
    )
    for name in PROFILE:
        redeemed.pop(name)
    found = load(tmp_path, [redeemed, row(3)])
    [resolution] = found.resolutions
    assert resolution["payouts"] == payouts
    assert resolution["resolved_at"] == "2026-02-02T02:55:00Z"
    assert found.activity[USER][1]["token_id"] == token


@pytest.mark.parametrize(
    ("paid", "payouts"), [(1, [1_000_000, 0]), ("0.5", [500_000, 500_000]), (0, [0, 1_000_000])]
)
def test_a_table_of_payouts_settles_what_somebody_was_in(
    tmp_path: Path, paid: object, payouts: list[int]
) -> None:
    table = f"conditionId,payout0,sources\n{condition(1)},{paid},x\n{condition(9)},1,x\n"
    found = load(tmp_path, [row(1)], table.encode())
    [resolution] = found.resolutions
    assert (resolution["condition_id"], resolution["payouts"]) == (condition(1), payouts)
    assert found.markets[0]["closed"], "with its last row here"
    assert found.markets[0]["closedTime"] == resolution["resolved_at"] > ""
    assert not any("stay unsettled" in line for line in found.notes)


@pytest.mark.parametrize("cells", [f"{condition(1)},2", f"{condition(1)},", "0x12,1", ",1"])
def test_a_payout_that_is_none_is_skipped_and_named(tmp_path: Path, cells: str) -> None:
    table = f"conditionId,payout0\n{cells}\n{condition(2)},1\n"
    found = load(tmp_path, [row(1)], table.encode())
    assert not found.resolutions and not found.markets[0]["closed"]
    assert any(line.startswith("Skipped") and "row 1: " in line for line in found.notes)


def test_what_no_row_tells_stays_unsettled_and_is_said(tmp_path: Path) -> None:
    both = [
        row(1),
        row(1, outcomeIndex=0, outcome="Yes", asset=ids.token_ids(condition(1), False)[0]),
    ]
    found = load(tmp_path, [row(1, "REDEEM", timestamp=START + 900), *reversed(both)])
    assert not found.resolutions and not found.markets[0]["closed"]
    assert "1 of 1 markets stay unsettled: nothing in the dump tells how they ended." in found.notes


def test_a_conversion_is_no_market_and_names_the_group(tmp_path: Path) -> None:
    converted = row(1, "CONVERSION", conditionId=GROUP, slug="e-1", timestamp=START + 160)
    found = load(tmp_path, [converted, row(1, negative=True)])
    assert [each["conditionId"] for each in found.markets] == [condition(1)]
    assert found.markets[0]["negRiskMarketID"] == GROUP
    assert found.activity[USER][1]["condition_id"] == GROUP
    event = found.markets[0]["events"][0]["id"]
    assert found.answer(f"/gamma/events/{event}", {})[0] == 404, "markets may be missing of it"


def test_a_repeat_within_a_file_is_ambiguous_and_counted(tmp_path: Path) -> None:
    found = load(tmp_path, [row(1, "REDEEM", timestamp=START + 900), row(1), row(1)])
    assert len(found.activity[USER]) == 3
    [line] = [line for line in found.notes if line.startswith("Ambiguous")]
    assert "row 3, the same as an earlier row" in line and "each is counted" in line
    assert [each["payouts"] for each in found.resolutions] == [[0, 1_000_000]], "either way"


def test_a_repeat_of_another_file_is_ambiguous_and_counted_once(tmp_path: Path) -> None:
    found = load(tmp_path, [row(3), row(2)], [row(2), row(1)])
    assert len(found.activity[USER]) == 3
    [line] = [line for line in found.notes if line.startswith("Ambiguous")]
    assert "(1).bak, row 1, also in" in line and "counted once" in line


def test_positions_are_served_by_status(tmp_path: Path) -> None:
    lost = position(2, curPrice=0, redeemable=True)
    closed = {name: each for name, each in position(3, timestamp=START).items() if name != "size"}
    found = load(tmp_path, [position(1), lost, closed])
    assert [each["status"] for each in found.positions[USER]] == ["OPEN", "REDEEMABLE", "CLOSED"]
    assert found.positions[USER][2]["current_size"] == 0
    assert [each["payouts"] for each in found.resolutions] == [[0, 1_000_000]]
    assert not found.activity


@pytest.mark.parametrize(
    "head",
    [
        "wallet,time,market,outcome,side,size,price",
        "Trader;Date;Question;Outcome;Direction;Shares;Price",
        "address\ttimestamp\ttitle\toutcome\ttype\tquantity\tavg_fill_price",
        "User,datetime,market_title,outcome_name,Action,Amount,price_usd",
    ],
)
def test_a_plain_table_of_fills(tmp_path: Path, head: str) -> None:
    mark = next(each for each in ";\t," if each in head)
    lines = [
        head,
        mark.join((USER, "2026-02-02 10:00:00", "Will it rain?", "No", "Buy", "10", "0.4")),
        mark.join((USER, "2026-02-02T11:00:00Z", "Will it rain?", "No", "SELL", "10", "0.6")),
        mark.join((OTHER, "1770030000", "Who wins?", "Ann", "b", "5", "$0.5")),
        mark.join((OTHER, "1770030000000", "Who wins?", "Bob", "bought", "5", "0.5")),
    ]
    found = load(tmp_path, "\n".join(lines).encode())
    rain, wins = found.markets
    assert json.loads(rain["outcomes"]) == ["Yes", "No"]
    assert json.loads(wins["outcomes"]) == ["Ann", "Bob"]
    assert [(each["side"], each["outcome_index"]) for each in found.activity[USER]] == [
        ("BUY", 1),
        ("SELL", 1),
    ]
    assert {each["token_id"] for each in found.activity[OTHER]} == set(
        json.loads(wins["clobTokenIds"])
    )
    assert found.activity[USER][0]["timestamp"] == 1_770_026_400
    assert found.activity[OTHER][0]["timestamp"] == found.activity[OTHER][1]["timestamp"]
    assert any("times without a zone are read as UTC" in line for line in found.notes)


def test_shares_beside_an_amount_in_dollars(tmp_path: Path) -> None:
    table = b"Account,Timestamp,Market,Outcome,Type,Amount,Shares\nann,2026-02-02 10:00:00,Rain?,Yes,Buy,4,10\n"
    found = load(tmp_path, table)
    [[fill]] = found.activity.values()
    assert (fill["size"], fill["usdc_size"], float(fill["price"])) == (10, 4, 0.4)
    assert fill["name"] == "ann"
    assert any("named otherwise than by an address" in line for line in found.notes)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"timestamp": "1/2/2026"}, "timestamp is '1/2/2026', neither Unix seconds"),
        ({"side": "HOLD"}, "side is 'HOLD', neither buy nor sell"),
        ({"side": None}, "side is missing"),
        ({"price": 52}, "price is '52', not a number from 0 to 1"),
        ({"size": float("nan")}, "size is missing"),
        ({"size": -1}, "size is '-1'"),
        ({"proxyWallet": "0xabc"}, "the wallet is '0xabc', no address"),
        ({"proxyWallet": ""}, "the wallet is missing"),
        ({"asset": "8.66E+74"}, "token_id is '8.66E+74', no whole number"),
        ({"asset": "123"}, "token_id 123 is not the token other rows have"),
        ({"conditionId": "0x12"}, "condition_id is '0x12'"),
        ({"outcomeIndex": -3}, "outcome_index is '-3'"),
        ({"price": None, "size": 1e-300}, "price is "),
        ({"outcomeIndex": "9" * 5_000}, "outcome_index is '999"),
        ({"timestamp": "1e999999999"}, "timestamp is '1e999999999'"),
        ({"transactionHash": "0x12"}, "transaction_hash is '0x12'"),
        ({"type": "?"}, "type is '?', no type of the API"),
    ],
)
def test_a_damaged_row_is_skipped_and_named(tmp_path: Path, change: Row, why: str) -> None:
    found = load(tmp_path, [row(2), row(1), row(1, **change)])
    assert len(found.activity[USER]) == 2
    [line] = [line for line in found.notes if line.startswith("Skipped")]
    assert "(0).bak, row 3: " in line and why in line


def test_lines_that_are_no_json_are_skipped_and_named(tmp_path: Path) -> None:
    found = load(tmp_path, as_lines([row(1)]) + b'\n{"proxyWallet": "0x\n[1]\n')
    assert len(found.activity[USER]) == 1
    assert [line.partition(".bak, ")[2] for line in found.notes if line.startswith("Skipped")] == [
        'row 2: \'{"proxyWallet": "0x\' is no JSON.',
        "row 3: it is a int, not an object.",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty; copy it again"),
        (b"PAR1 and no more", "cannot be read"),
        (b"PK\x03\x04", "ZIP archive or a workbook; unpack it, or save it as CSV"),
        (b"\x1f\x8b\x08cut", "cannot be read"),
        (b"a,b\n\xff\xfe\xfd,1", "save it as UTF-8"),
        (b"a\0b", "neither text nor Parquet"),
        (as_json([row(1)])[:-9], "cannot be read"),
        (b'{"hello": 1}', "no fill (no side)"),
        (b"nothing but words", "holds no fill, activity or position"),
        (b"[" * 100_000, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(RecordingError) as refused:
        load(tmp_path, content)
    assert why in str(refused.value)
    found = load(tmp_path, content, [row(1)])
    assert len(found.activity[USER]) == 1, "others of the folder are taken"
    assert any("(0).bak" in line for line in found.notes)


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="holds no fill, activity or position"):
        load_dump(tmp_path)


def test_known_sets_are_known_by_name_or_by_all_their_files(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "onchain_activity.json").write_bytes(as_json([row(1)]))
    (tmp_path / "mine" / "markets.json").write_bytes(b"[]")
    assert not is_known_set(tmp_path) and not is_known_set(tmp_path / "mine")
    (tmp_path / "wallet_0x4f34").mkdir()
    assert is_known_set(tmp_path) and is_known_set(tmp_path / "wallet_0x4f34")


def test_real_answers_are_taken_whole(shared: Path) -> None:
    folder = shared / "data" / "real2026" / "fixtures"
    for name, kept in (("activity_all", 50), ("trades", 5)):
        found = load_dump(folder / f"edulabrador_{name}.json")
        assert sum(map(len, found.activity.values())) == kept
        assert not any(line.startswith("Skipped") for line in found.notes)
    found = load_dump(folder / "edulabrador_positions.json")
    assert [len(rows) for rows in found.positions.values()] == [2]


def test_through_the_door(
    postgres: EmbeddedPostgres, database: str, settings: Settings, reader: Store, tmp_path: Path
) -> None:
    """Profit of a settled market, and a position no row explains, which makes the wallet's history partial."""
    folder = tmp_path / "dump"
    folder.mkdir()
    rows = [
        row(1, "REDEEM", timestamp=START + 900),
        row(2, negative=True, proxyWallet=OTHER, timestamp=START + 2_000),
        row(1),
    ]
    (folder / "a.txt").write_bytes(as_lines([*rows, row(3, side="?")]))
    (folder / "b.dat").write_bytes(as_csv([position(4, proxyWallet=OTHER)]))
    said: list[str] = []
    own = settings.model_copy(
        update={
            "smartmoney_source": "recorded",
            "database_url": SecretStr(postgres.url("postgres", database)),
        }
    )
    import_recording(own, folder, said.append)
    assert any("row 4: side is '?'" in line for line in said)
    with reader.raw() as connection:
        found = connection.execute(
            "select address, realized_pnl::float, coverage, coverage_reason from trader order by address = %s",
            [OTHER],
        ).fetchall()
        quarantined = connection.execute("select count(*) from quarantine").fetchone()
    assert quarantined == (0,)
    assert [each[0] for each in found] == [USER, OTHER]
    assert found[0][1] == pytest.approx(6)
    assert found[0][2] == "unchecked" and found[1][2] == "partial", found
    assert found[0][3] == "The platform's figures were not fetched yet.", (
        "the dump shows no position"
    )
    assert found[1][3].endswith("1 of the platform's 1 positions have no trade here."), found
