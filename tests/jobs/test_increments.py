"""An increment equals a full recompute, bit for bit: late rows, filled-in cash, changed resolutions, in any interleaving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartmoney.jobs import reading
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.scores import calculate_rarity_scores
from smartmoney.ledger import Kind
from smartmoney.settings import load
from smartmoney.store import scores
from smartmoney.store.db import Store
from smartmoney.store.embedded import EmbeddedPostgres
from smartmoney.store.load import copy_fills
from tests.conftest import fresh_database
from tests.ledger.worlds import EVENT, HALF, NEG_RISK, NO, OPEN, YES, rows

TABLES = {
    "ledger_position": "*",
    "trader_event": "*",
    "trader_daily": "*",
    "ledger_state": "trader_id, version, part",
    "trader": ", ".join(("id", *scores.CURRENT)),
}
Row = dict[str, int]
Step = tuple[list[Row], dict[int, tuple[int, int]]]


@pytest.fixture(scope="module")
def owner(postgres: EmbeddedPostgres) -> Iterator[Store]:
    """A database of its own for all examples, each of which empties it."""
    with fresh_database(postgres) as name:
        opened = Store(postgres.url("sm_owner", name), "sm_owner")
        yield opened
        opened.dispose()


def empty(store: Store) -> None:
    """Four wallets, one without a row, and the six open markets of `worlds`."""
    with store.raw() as connection:
        connection.execute(
            "truncate trader, event, market, outcome, trade, activity, trader_news, ledger_state, ledger_market, "
            "ledger_position, trader_event, trader_days, score_run, trader_score restart identity cascade"
        )
        connection.execute(
            "insert into trader (address) select '0x' || lpad(n::text, 40, '0') from generate_series(1, 4) n"
        )
        connection.execute(
            "insert into event (gamma_id, slug, title) select n, n, n from generate_series(1, 3) n"
        )
        for number, event in enumerate(EVENT):
            connection.execute(
                "insert into market (condition_id, event_id, neg_risk) values (%s, %s, %s)",
                [f"0x{number:064x}", event + 1, NEG_RISK[number]],
            )
        connection.execute(
            "insert into outcome (market_id, outcome_index, token_id) select (n + 1) / 2, 1 - n % 2, n "
            "from generate_series(1, 12) n"
        )


def insert(store: Store, of: list[Row]) -> None:
    """Rows as ingestion would bring them; equal fills are other fills."""
    trades = [row for row in of if row["kind"] in (Kind.BUY, Kind.SELL)]
    with store.raw() as connection:
        if trades:
            column = {name: np.array([row[name] for row in trades]) for name in trades[0]}
            copy_fills(
                connection,
                {
                    "ts": column["ts"],
                    "key": column["seq"],
                    "size_micro": column["size_micro"],
                    "price_pico": np.full(len(trades), 4 * 10**11),
                    "cash_micro": column["cash_micro"],
                    "trader_id": column["trader"],
                    "outcome_id": column["outcome"] + 1,
                    "market_id": column["market"] + 1,
                    "side": np.where(column["kind"] == Kind.BUY, 1, -1),
                    "occurrence": np.ones(len(trades)),
                    "flags": column["seq"] % 2,
                    "tx_hash": np.zeros(len(trades), "V32"),
                },
            )
        for row in of:
            if row not in trades:
                _activity(connection, row)


def _activity(connection: Any, row: Row) -> None:
    kind = {Kind.REBATE: "MAKER_REBATE"}.get(Kind(row["kind"]), Kind(row["kind"]).name)
    outcome = row["outcome"] + 1 if row["outcome"] >= 0 else None
    connection.execute(
        "insert into activity values (to_timestamp(%s), %s, %s, %s, %s, %s, %s, %s, 1, %s, '')",
        [
            row["ts"],
            row["seq"],
            kind,
            row["size_micro"],
            row["cash_micro"],
            row["trader"],
            row["market"] + 1,
            outcome,
            row["tx"].to_bytes(32),
        ],
    )
    connection.execute(
        "insert into trader_news as n (trader_id, first_new) values (%s, to_timestamp(%s)) on conflict (trader_id) "
        "do update set first_new = least(n.first_new, excluded.first_new), marks = n.marks + 1",
        [row["trader"], row["ts"]],
    )


def resolve(store: Store, payouts: dict[int, tuple[int, int]]) -> None:
    with store.raw() as connection:
        for market, pay in payouts.items():
            known = pay != OPEN
            connection.execute(
                "update market set status = %s, resolved_at = %s where id = %s",
                [
                    "RESOLVED" if known else "OPEN",
                    datetime(2023, 11, 20, tzinfo=UTC) if known else None,
                    market + 1,
                ],
            )
            for side, value in enumerate(pay):
                connection.execute(
                    "update outcome set payout_micro = %s where market_id = %s and outcome_index = %s",
                    [value if known else None, market + 1, side],
                )


def score(store: Store, engine: str = "local", **options: Any) -> JobReport:
    return calculate_rarity_scores(
        store=store, settings=load(scoring_engine=engine), backfill_weeks=0, **options
    )


def stored(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.raw() as connection:
        return {
            name: connection.execute(f"select {columns} from {name} order by 1, 2").fetchall()
            for name, columns in TABLES.items()
        }


def same_as_full(store: Store) -> None:
    carried = stored(store)
    score(store, full=True)
    again = stored(store)
    for name in TABLES:
        assert carried[name] == again[name], name


@st.composite
def steps(draw: Any) -> list[Step]:
    """Rows in any order, cut into arrivals, with resolutions that come, change and go between them."""
    of = [
        row | {"seq": n}
        for n, row in enumerate(draw(rows(most=40)))
        if row["kind"] != Kind.TRANSFER
    ]
    of = draw(st.permutations(of))
    cuts = sorted(draw(st.lists(st.integers(0, len(of)), min_size=2, max_size=2)))
    payouts = st.dictionaries(st.integers(0, 5), st.sampled_from([YES, NO, HALF, OPEN]), max_size=3)
    return [(of[a:b], draw(payouts)) for a, b in zip([0, *cuts], [*cuts, len(of)], strict=True)]


@given(steps())
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_interleaving_gives_the_numbers_of_a_full_recompute(
    owner: Store, of: list[Step]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "KEEP_ROWS", 2)
        empty(owner)
        for arrived, payouts in of:
            insert(owner, arrived)
            resolve(owner, payouts)
            score(owner)
        same_as_full(owner)


def a_row(kind: Kind, ts: int, **values: int) -> Row:
    blank = {
        "trader": 1,
        "market": 3,
        "outcome": 6,
        "size_micro": 10_000_000,
        "cash_micro": 4_000_000,
        "fee_micro": 0,
        "tx": 0,
    }
    return {"kind": int(kind), "ts": 1_700_000_000 + ts, "seq": ts, **blank, **values}


@pytest.fixture
def known(owner: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Wallet 1 with three fills a second apart, wallet 2 with one, scored; every book is kept."""
    monkeypatch.setattr(reading, "KEEP_ROWS", 1)
    empty(owner)
    insert(
        owner,
        [
            a_row(Kind.BUY, 10),
            a_row(Kind.BUY, 20, cash_micro=5_000_000),
            a_row(Kind.BUY, 30, market=4, outcome=8),
            a_row(Kind.BUY, 40, trader=2),
        ],
    )
    score(owner)
    return owner


def test_an_increment_reads_the_new_rows_and_no_others(known: Store) -> None:
    assert score(known).read == {"wallets": 4, "wallets read": 0, "rows read": 0}
    insert(known, [a_row(Kind.SELL, 50, size_micro=7_000_000)])
    assert score(known).read == {"wallets": 4, "wallets read": 1, "rows read": 1}
    same_as_full(known)


def test_a_late_row_and_a_row_of_a_known_second_are_read_with_all_others(known: Store) -> None:
    insert(known, [a_row(Kind.SELL, 15, size_micro=7_000_000)])
    assert score(known).read["rows read"] == 4
    insert(known, [a_row(Kind.SELL, 30, size_micro=1_000_000, market=4, outcome=8, seq=31)])
    assert score(known).read["rows read"] == 5
    same_as_full(known)


def test_a_resolution_is_settled_without_reading_a_row(known: Store) -> None:
    resolve(known, {3: YES})
    assert score(known).read == {"wallets": 4, "wallets read": 2, "rows read": 0}
    resolve(known, {3: NO})
    assert score(known).read == {"wallets": 4, "wallets read": 2, "rows read": 0}
    same_as_full(known)
    with known.raw() as connection:
        [(realized,)] = connection.execute("select realized_pnl::text from trader where id = 1")
    assert realized == "-9.000000"


def test_redemptions_of_the_old_shape_are_read_again_when_payouts_change(known: Store) -> None:
    insert(
        known, [a_row(Kind.REDEEM, 60, outcome=-1, size_micro=20_000_000, cash_micro=20_000_000)]
    )
    score(known)
    resolve(known, {3: NO})
    assert score(known).read["rows read"] == 4
    same_as_full(known)


def test_cash_that_became_known_is_news(known: Store) -> None:
    fill = a_row(Kind.BUY, 10, seq=10, cash_micro=4_100_000)
    with known.raw() as connection:
        connection.execute(
            "update trade set cash_micro = 4100000, flags = 1 where ts = to_timestamp(%s)",
            [fill["ts"]],
        )
    assert score(known).read["rows read"] == 3
    same_as_full(known)


def test_a_market_that_joins_an_event_has_its_holders_read_anew(known: Store) -> None:
    with known.raw() as connection:
        connection.execute("update market set event_id = 2 where id = 5")
    assert score(known).read == {"wallets": 4, "wallets read": 2, "rows read": 4}
    same_as_full(known)


def test_a_failed_run_is_made_up_for(known: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    insert(known, [a_row(Kind.SELL, 50, size_micro=7_000_000)])
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr("smartmoney.jobs.scores.combine", lambda *_: 1 / 0)
        score(known)
    score(known)
    same_as_full(known)
