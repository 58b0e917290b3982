"""Markets: open ones with prices, closed ones once they matter, payouts only from where they are known."""

from __future__ import annotations

from typing import Any

import pytest

from polymarket_sim.server import Simulator
from polymarket_sim.world import World
from smartmoney.errors import ApiBlocked, ShapeChanged
from smartmoney.ingest import sync_markets, sync_trader_trades
from smartmoney.ingest.markets import HISTORY_STEP_S
from smartmoney.polymarket import market_endpoints
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.server.retention import prune
from tests.kit.simulators import live_on, wrong


def stored(store: Store, what: str = "condition_id, status") -> set[tuple[Any, ...]]:
    with store.raw() as connection:
        return set(connection.execute(f"select {what} from market").fetchall())


def test_open_markets_with_outcomes_events_and_prices(
    store: Store, client: Client, asking: Settings, world: World
) -> None:
    client.page_rows = 3
    outcome = sync_markets(store, client, asking)
    opened = [market for market in world.markets if market.closed_at is None]
    assert stored(store) == {(market.condition_id, "OPEN") for market in opened}
    assert outcome.read["markets"] == len(opened)
    with store.raw() as connection:
        tokens = set(
            connection.execute("select token_id, outcome_index, name from outcome").fetchall()
        )
        events = dict(connection.execute("select gamma_id, category from event").fetchall())
        prices = connection.execute(
            "select count(distinct market_id) from market_price"
        ).fetchone()[0]
    assert tokens == {
        (token, place, market.outcomes[place])
        for market in opened
        for place, token in enumerate(market.token_ids)
    }
    for market in opened:
        event = world.events[market.event]
        short = "-updown-5m-" in market.slug
        assert events[event.gamma_id] == ("crypto-short" if short else event.category)
    assert prices == len(opened)


def test_prices_of_before_the_first_look(
    store: Store, client: Client, asking: Settings, world: World
) -> None:
    sync_markets(store, client, asking)
    busy = max(
        (market for market in world.markets if market.closed_at is None),
        key=lambda market: -market.open_at,
    )
    with store.raw() as connection:
        connection.execute(
            "insert into watchlist (market_id) select id from market where condition_id = %s",
            [busy.condition_id],
        )
        market_id = connection.execute("select market_id from watchlist").fetchone()[0]
    before = reads.market_price_history(store, market_id)
    outcome = sync_markets(store, client, asking)
    found = reads.market_price_history(store, market_id)
    assert len(before) == 1 and len(found) >= outcome.written["prices of before"] > 20
    assert found[0]["ts"].timestamp() - busy.open_at < 2 * HISTORY_STEP_S, (
        "from where the market began"
    )
    with store.raw() as connection:
        token, at = busy.token_ids[0], found[10]["ts"]
        told = {
            row.ts: row.price_pico
            for page in market_endpoints.prices_history(client, token, "max", HISTORY_STEP_S)
            for row in page.rows
        }
        assert told[int(at.timestamp())] == int(found[10]["price"] * 10**12)
    kept = {"runs": 90, "snapshots": 1, "alerts": 90}
    assert prune(store, kept)["market_price"] <= 2, "history is kept"
    asked = client.counts["requests"]
    assert sync_markets(store, client, asking).written["prices of before"] == 0
    assert client.counts["requests"] - asked < asked, "and not asked for again within the week"


def test_markets_of_trades_are_completed_and_resolved_by_their_payouts(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    sync_trader_trades(store, client, asking, [trader.address for trader in world.traders])
    sync_markets(store, client, asking)
    with store.raw() as connection:
        payouts = dict(
            connection.execute(
                "select m.condition_id, array_agg(payout_micro order by outcome_index) from outcome o "
                "join market m on m.id = o.market_id where m.status = 'RESOLVED' group by 1"
            ).fetchall()
        )
        named = {row[0] for row in connection.execute("select condition_id from market").fetchall()}
    truth = {
        market.condition_id: list(market.payouts)
        for market in world.markets
        if market.payouts is not None
    }
    assert (
        payouts == {condition: paid for condition, paid in truth.items() if condition in named}
        and payouts
    )
    with store.raw() as connection:
        assert connection.execute(
            "select count(*) from market where gamma_id is null"
        ).fetchone() == (0,)
        waiting = {
            row[0]
            for row in connection.execute("select condition_id from market where status = 'CLOSED'")
        }
    assert waiting == {
        market.condition_id
        for market in world.markets
        if market.closed_at and not market.payouts and market.condition_id in named
    }


def test_what_has_resolved_is_not_asked_for_again(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    sync_trader_trades(store, client, asking, [trader.address for trader in world.traders])
    sync_markets(store, client, asking)
    simulator.requests.clear()
    sync_markets(store, client, asking)
    resolved = {market.condition_id for market in world.markets if market.payouts is not None}
    asked = {
        condition
        for log in simulator.requests
        for name in ("condition", "condition_ids")
        for condition in log.params.get(name, "").split(",")
    }
    assert not asked & resolved


def test_a_market_that_closes_is_seen_closed_then_resolved(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    sync_markets(store, client, asking)
    market = next(market for market in world.markets if market.closed_at is None)
    with world.lock:
        market.closed_at = world.now
    live_on(simulator, 1)
    sync_markets(store, client, asking)
    assert dict(stored(store))[market.condition_id] == "CLOSED"
    with world.lock:
        market.payouts, market.resolved_at = (0, 1_000_000), world.now
    live_on(simulator, 1)
    sync_markets(store, client, asking)
    assert dict(stored(store))[market.condition_id] == "RESOLVED"
    with store.raw() as connection:
        paid = connection.execute(
            "select outcome_index, payout_micro from outcome o join market m on m.id = o.market_id "
            "where condition_id = %s",
            [market.condition_id],
        ).fetchall()
    assert sorted(paid) == [(0, 0), (1, 1_000_000)]


def test_payouts_that_are_not_told_come_from_what_the_oracle_answered(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    sync_trader_trades(store, client, asking, [trader.address for trader in world.traders])
    wrong(simulator, "missing", route="/data/v2/resolutions", field="payouts")
    sync_markets(store, client, asking)
    payouts = {market.condition_id: market.payouts for market in world.markets}
    with store.raw() as connection:
        settled = connection.execute(
            "select condition_id, resolution_source, array_agg(payout_micro order by outcome_index) "
            "from market m join outcome o on o.market_id = m.id where status = 'RESOLVED' group by 1, 2"
        ).fetchall()
        waiting = connection.execute(
            "select condition_id from market where status = 'CLOSED'"
        ).fetchall()
    assert settled and {source for _, source, _ in settled} == {"price", "tokens"}
    assert all(tuple(paid) == payouts[condition] for condition, _, paid in settled)
    assert all(payouts[condition] is None for (condition,) in waiting)


def test_both_answers_are_asked_for_and_few_ids_at_once(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    sync_trader_trades(store, client, asking, [trader.address for trader in world.traders[:10]])
    sync_markets(store, client, asking)
    lists = [log.params for log in simulator.requests if log.path == "/gamma/markets/keyset"]
    assert {params["closed"] for params in lists} == {"true", "false"}
    assert all(params["include_tag"] == "true" for params in lists)
    batches = [
        log.params["condition"].split(",")
        for log in simulator.requests
        if log.path.endswith("/resolutions")
    ]
    assert batches and all(len(batch) <= market_endpoints.MOST_IDS for batch in batches)


@pytest.mark.parametrize(
    ("what", "error"), [("block-403", ApiBlocked), ("rename-envelope", ShapeChanged)]
)
def test_what_stops_the_job_leaves_what_was_stored(
    store: Store,
    client: Client,
    asking: Settings,
    simulator: Simulator,
    what: str,
    error: type[Exception],
) -> None:
    sync_markets(store, client, asking)
    before = stored(store, "condition_id, status, price")
    wrong(simulator, what, route="/gamma/*")
    with pytest.raises(error):
        sync_markets(store, client, asking)
    assert stored(store, "condition_id, status, price") == before
