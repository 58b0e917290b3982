"""New rows say little of their token for a while: no outcome, no event, and at moments not even the market."""

from __future__ import annotations

from typing import Any

from polymarket_sim.recorded.row_server import Rows
from smartmoney.ingest import sync_trader_trades
from smartmoney.store.db import Store
from tests.kit.row_runs import NOW, rows_of, run
from tests.kit.venue_rows import UNJOINED, Market

USER, OTHER = "0x" + "a1" * 20, "0x" + "b2" * 20
FILLS = """select w.address, m.condition_id, m.question, o.token_id, o.outcome_index, t.size_micro / 1000000
    from trade t join trader w on w.id = t.trader_id join outcome o on o.id = t.outcome_id
    join market m on m.id = t.market_id order by 1, 6"""


def named(market: Market, user: str, place: int, size: int) -> tuple[Any, ...]:
    question = f"Question {market.number}?"
    return (user, market.condition, question, market.tokens[place], place, size)


def test_a_fill_without_a_market_has_that_of_its_token(store: Store) -> None:
    """As 28 of 68,988 real rows, all within 101 seconds (airesmendes/activity, 2026)."""
    known, unknown = Market(7), Market(8)
    unjoined = [
        known.trade(OTHER, timestamp=NOW - 50 + n, size=2 + n, **UNJOINED) for n in range(3)
    ]
    strange = [unknown.trade(OTHER, timestamp=NOW - 40, size=9, **UNJOINED)]
    activity = {USER: [known.trade(USER, size=1)], OTHER: unjoined + strange}
    rows = Rows(activity=activity, markets=[known.row(), unknown.row()])
    assert not run(store, rows, sync_trader_trades, [USER]).failed
    found = run(store, rows, sync_trader_trades, [OTHER])
    assert not found.failed, "what passes by itself stops no stream"
    stored = [named(known, USER, 0, 1), *(named(known, OTHER, 0, size) for size in (2, 3, 4))]
    assert rows_of(store, FILLS) == stored
    assert rows_of(store, "select reason from quarantine") == [("condition_id is missing",)]

    rows.activity[OTHER] = [
        row | known.trade(OTHER, timestamp=row["timestamp"], size=row["size"]) for row in unjoined
    ]
    rows.activity[OTHER] += [unknown.trade(OTHER, timestamp=NOW - 40, size=9)]
    run(store, rows, sync_trader_trades, [OTHER])
    assert rows_of(store, FILLS) == [*stored, named(unknown, OTHER, 0, 9)], "each once"


def test_a_market_that_is_called_0_has_no_name_yet(store: Store) -> None:
    """As 21 of 68,988 real rows, of the four minutes before those without a market."""
    market = Market(7)
    fill = market.trade(USER, size=1, **UNJOINED) | {"condition_id": market.condition}
    run(store, Rows(activity={USER: [fill]}), sync_trader_trades, [USER])
    assert rows_of(store, "select condition_id, question, slug from market") == [
        (market.condition, "", "")
    ]


def test_an_outcome_is_labelled_by_the_first_row_that_says_which_it_is(store: Store) -> None:
    market = Market(7)
    new = market.trade(USER, place=1, size=1, outcome_index=999, event_slug="")
    rows = Rows(activity={USER: [new], OTHER: [market.trade(OTHER, place=1, size=2)]})
    run(store, rows, sync_trader_trades, [USER])
    assert [place for *_, place, _ in rows_of(store, FILLS)] == [None]
    run(store, rows, sync_trader_trades, [OTHER])
    assert rows_of(store, FILLS) == [named(market, USER, 1, 1), named(market, OTHER, 1, 2)]
