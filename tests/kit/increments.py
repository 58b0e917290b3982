"""Rows that arrive between two scorings, and what the scorings stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from smartmoney.books import batches
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.scores import calculate_rarity_scores
from smartmoney.ledger import Kind
from smartmoney.settings import load
from smartmoney.store.db import Store
from smartmoney.store.scores import history
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.wallets.fills import copy_fills
from tests.kit.databases import fresh_database
from tests.kit.ledgers import EVENT, NEG_RISK, OPEN

TABLES = {
    "ledger_position": "*",
    "trader_event": "*",
    "trader_daily": "*",
    "ledger_state": "trader_id, version, part",
    "trader": ", ".join(("id", *history.CURRENT)),
}


Row = dict[str, int]


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
    monkeypatch.setattr(batches, "KEEP_ROWS", 1)
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
