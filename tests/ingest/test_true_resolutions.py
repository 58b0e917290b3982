"""How markets settle by what the venue really answers: both forms of a resolution, or whoever else knows."""

from __future__ import annotations

from typing import Any

import pytest

from polymarket_sim.recorded.row_server import Rows
from smartmoney.ingest import sync_markets, sync_trader_trades
from smartmoney.store.db import Store
from tests.kit.row_runs import PAID, SETTLED, rows_of, run
from tests.kit.venue_rows import Market

USER = "0x" + "a1" * 20


@pytest.mark.parametrize(
    ("told", "paid", "source", "second"),
    [
        (
            {"payouts": [1_000_000, 0], "resolved_at": "2026-09-09T21:19:19Z"},
            [(0, 1_000_000), (1, 0)],
            "payouts",
            1_788_988_759,
        ),
        (
            {"price": "0", "last_update_timestamp": "1788988759", "log_index": "170"},
            [(0, 0), (1, 1_000_000)],
            "price",
            1_788_988_759,
        ),
        (
            {"price": str(5 * 10**17), "payouts": None, "reporter": "UMA_OO"},
            [(0, 500_000), (1, 500_000)],
            "UMA_OO price",
            None,
        ),
        (
            {"payouts": [0, 1_000_000], "resolved_at": None},
            [(0, 0), (1, 1_000_000)],
            "payouts",
            None,
        ),
        ({"payouts": [0, 1_000_000], "resolved_at": 0}, [(0, 0), (1, 1_000_000)], "payouts", None),
        (
            {"payouts": [750_000, 250_000], "resolved_at": "never"},
            [(0, 750_000), (1, 250_000)],
            "payouts",
            None,
        ),
    ],
)
def test_a_resolution_settles_in_either_form_with_or_without_a_time(
    store: Store, told: dict[str, Any], paid: list[Any], source: str, second: int | None
) -> None:
    market = Market(7)
    rows = Rows(
        activity={USER: [market.trade(USER)]},
        markets=[market.row(closed=True)],
        resolutions=[market.resolved(**told)],
    )
    run(store, rows, sync_trader_trades, [USER])
    run(store, rows, sync_markets)
    assert rows_of(store, SETTLED) == [("RESOLVED", source, second)]
    assert rows_of(store, PAID) == paid


@pytest.mark.parametrize(
    "told",
    [
        {"status": "resolved", "price": "69"},
        {"status": "resolved", "payouts": []},
        {"status": "resolved", "payouts": "", "price": ""},
        {"status": "resolved", "payouts": [None, None], "price": None},
        {"status": "disputed", "price": "1000000000000000000"},
        {"status": "proposed", "proposed_price": "0", "payouts": [0, 1_000_000]},
    ],
)
def test_what_cannot_be_told_stays_waiting(store: Store, told: dict[str, Any]) -> None:
    market = Market(7)
    rows = Rows(
        activity={USER: [market.trade(USER)]},
        markets=[market.row(closed=True, outcomePrices='["0.0005", "0.9995"]')],
        resolutions=[market.resolved(**told)],
    )
    run(store, rows, sync_trader_trades, [USER])
    outcome = run(store, rows, sync_markets)
    assert rows_of(store, "select status from market") == [("CLOSED",)]
    assert rows_of(store, PAID) == [(0, None), (1, None)]
    assert not outcome.failed


def token_rows(market: Market, prices: tuple[Any, Any], resolved_: bool = True) -> list[Any]:
    return [
        {
            "token_id": token,
            "condition_id": market.condition,
            "outcome_index": place,
            "outcome": ("Yes", "No")[place],
            "resolved": resolved_,
            "final_price": prices[place],
        }
        for place, token in enumerate(market.tokens)
    ]


@pytest.mark.parametrize("source", ["tokens", "exchange winner", "final prices", None])
def test_where_the_oracle_is_silent_the_next_authority_is_asked(
    store: Store, source: str | None
) -> None:
    market = Market(7)
    won = {
        "closed": True,
        "tokens": [
            {"token_id": market.tokens[1], "winner": True},
            {"token_id": market.tokens[0], "winner": False},
        ],
    }
    rows = Rows(
        activity={USER: [market.trade(USER)]},
        markets=[
            market.row(
                closed=True,
                outcomePrices='["0", "1"]' if source == "final prices" else '["0", "0"]',
                bestBid=0.4,
                bestAsk=0.6,
            )
        ],
        tokens=token_rows(market, (0, 1), source == "tokens"),
        exchange={market.condition: won} if source == "exchange winner" else {},
    )
    run(store, rows, sync_trader_trades, [USER])
    run(store, rows, sync_markets)
    if source is None:
        assert rows_of(store, SETTLED) == [("CLOSED", None, None)]
    else:
        assert rows_of(store, SETTLED) == [("RESOLVED", source, None)]
        assert rows_of(store, PAID) == [(0, 0), (1, 1_000_000)]
