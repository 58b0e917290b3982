"""A served world lives on: deterministic ticks, conserved shares, markets that open, close and resolve,
live feeds."""

from __future__ import annotations

import asyncio
import json
import time
from functools import partial
from typing import Any

import httpx
import numpy as np
import pytest
import websockets

from polymarket_sim import life
from polymarket_sim.accounts.positions import Positions
from polymarket_sim.accounts.served import Served
from polymarket_sim.generate import generate
from polymarket_sim.model import COLUMNS, Kind
from polymarket_sim.server import running
from polymarket_sim.world import World
from smartmoney.errors import ParameterError
from smartmoney.units import MICRO
from tests.kit.environment import alone
from tests.kit.simulators import NOW


def young(seed: int = 4) -> World:
    return generate(seed, traders=60, markets=60, trades=3_000, days=60, now=NOW)


def test_same_ticks_same_world() -> None:
    one, two = young(), young()
    for world in (one, two):
        for _ in range(200):
            life.tick(world, 5, 300.0)
    assert all((getattr(one.entries, name) == getattr(two.entries, name)).all() for name in COLUMNS)
    assert one.markets == two.markets and one.now == two.now == NOW + 1_000


def test_the_size_of_ticks_does_not_matter() -> None:
    """Half an hour in one tick, or in many of seven seconds: the same world at the same moment."""
    one, two = young(), young()
    steps = [life.tick(one, 1_806, 120.0)] + [life.tick(two, 7, 120.0) for _ in range(258)]
    assert one.now == two.now == NOW + 1_806
    assert all((getattr(one.entries, name) == getattr(two.entries, name)).all() for name in COLUMNS)
    assert one.markets == two.markets and one.events == two.events
    assert sorted(steps[0].resolved) == sorted(
        number for step in steps[1:] for number in step.resolved
    )


def test_a_recording_stands_still() -> None:
    world = young()
    world.hidden = None
    with pytest.raises(ParameterError, match="stands still"):
        life.tick(world)


def test_an_hour_of_life() -> None:
    world, served = young(), None
    before, served = len(world.entries), Served(world)
    steps = []
    for _ in range(720):
        steps.append(life.tick(world, 5, 120.0))
        served.refresh(steps[-1].touched())
    assert (
        12 <= sum(len(step.opened) for step in steps) <= 30
        and sum(len(step.resolved) for step in steps) >= 10
    )
    fills = (world.entries.kind[before:] == Kind.TRADE).sum()
    assert 0.7 < fills / (120 * 60) < 1.3
    assert (np.diff(world.entries.ts) >= 0).all() and {Kind.REDEEM, Kind.TRADE} <= set(
        world.entries.kind[before:].tolist()
    )
    assert len(world.token_index) == 2 * len(world.markets) == len(served.marks)
    quick = [
        world.markets[number]
        for step in steps
        for number in step.resolved
        if world.markets[number].slug.startswith(("btc", "eth"))
    ]
    assert all(market.payouts in ((MICRO, 0), (0, MICRO)) for market in quick) and quick


def test_positions_follow_the_ledger() -> None:
    """Booked row by row while living, the positions are those of a fresh replay; nobody is ever short."""
    world = young(8)
    served = Served(world)
    assert served.positions.size
    for _ in range(300):
        served.refresh(life.tick(world, 5, 300.0).touched())
    fresh = Positions(world)
    for name in ("shares", "cost", "realized", "bought", "avg_pico", "first_ts", "last_ts"):
        keys = [
            (served.positions.trader << 32) | served.positions.token,
            (fresh.trader << 32) | fresh.token,
        ]
        ours, theirs = (
            getattr(book, name)[np.argsort(key)]
            for book, key in zip((served.positions, fresh), keys, strict=False)
        )
        assert (ours == theirs).all(), name
    assert (served.positions.shares >= 0).all()
    slot, _, change = served.positions.changes()
    moved = np.bincount(slot, change, fresh.size).astype(np.int64)
    sent = {(o.trader << 32) | 2 * o.market + o.outcome: o.size_micro for o in world.openings}
    keys = (served.positions.trader << 32) | served.positions.token
    before = np.array([sent.get(key, 0) for key in keys.tolist()])
    assert (before + moved == served.positions.shares).all()
    for market in range(len(world.markets)):
        assert served.marks[2 * market] == world.price_micro(market, 0)
        assert served.marks[2 * market + 1] == world.price_micro(market, 1)


def test_truth_while_living() -> None:
    world = young(9)
    for _ in range(100):
        life.tick(world, 5, 300.0)
    results = [world.truth(number) for number in range(len(world.traders))]
    assert sum(result.fees for result in results) == int(world.entries.fee_micro.sum())
    assert sum(result.fills for result in results) == (world.entries.kind == Kind.TRADE).sum()


def test_live_server_grows_by_itself() -> None:
    with (
        running(young(), live=True, trades_per_minute=3_000.0, tick_seconds=1) as simulator,
        httpx.Client(base_url=simulator.url, trust_env=False, timeout=10) as client,
    ):
        first = client.get("/data/trades", params={"limit": 1}).json()[0]
        give_up = time.monotonic() + 10
        while (
            client.get("/data/trades", params={"limit": 1}).json()[0] == first
            and time.monotonic() < give_up
        ):
            time.sleep(0.1)
        assert client.get("/data/trades", params={"limit": 1}).json()[0] != first
        assert client.get("/clob/time").json() > NOW


async def _hear(
    url: str, subscription: dict[str, Any], trigger: Any, enough: int | str
) -> list[Any]:
    """Frames after a subscription and a trigger, until there are enough or one of the type wanted."""
    heard: list[Any] = []
    async with websockets.connect(url, proxy=None, max_queue=None) as socket:
        await socket.send("PING")
        assert await asyncio.wait_for(socket.recv(), 5) == "PONG"
        await socket.send(json.dumps(subscription))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(trigger)
        while enough not in (len(heard), *(frame.get("event_type") for frame in heard[-1:])):
            frame = json.loads(await asyncio.wait_for(socket.recv(), 5))
            heard += frame if isinstance(frame, list) else [frame]
    return heard


def test_rtds_frames(sample) -> None:
    recorded = sample("rtds-activity-trades-1")
    with running(young(), trades_per_minute=600.0) as simulator:
        asked = {
            "action": "subscribe",
            "subscriptions": [{"topic": "activity", "type": "trades", "filters": ""}],
        }
        trigger = lambda: httpx.post(f"{simulator.url}/_sim/tick?n=20", trust_env=False)  # noqa: E731
        heard = alone(_hear(simulator.ws_url, asked, trigger, 10))
        listed = httpx.get(
            f"{simulator.data_url}/trades", params={"limit": 500}, trust_env=False
        ).json()
    hashes = {row["transactionHash"] for row in listed}
    for frame in heard:
        assert set(frame) == set(recorded) and set(frame["payload"]) == set(recorded["payload"])
        assert {k: type(v) for k, v in frame["payload"].items() if k not in ("size", "price")} == {
            k: type(v) for k, v in recorded["payload"].items() if k not in ("size", "price")
        }
        assert frame["payload"]["transactionHash"] in hashes
        assert frame["payload"]["proxyWallet"] != frame["payload"]["proxyWallet"].lower()


def test_rtds_filter_by_event() -> None:
    with running(young(), trades_per_minute=600.0) as simulator:
        world = simulator.world
        live = [n for n in range(len(world.markets)) if world.markets[n].closed_at is None]
        slug = world.events[
            world.markets[max(live, key=lambda n: len(world.fills_by_market.rows(n)))].event
        ].slug
        filters = json.dumps({"event_slug": slug})
        asked = {
            "action": "subscribe",
            "subscriptions": [{"topic": "activity", "type": "trades", "filters": filters}],
        }
        trigger = partial(
            httpx.post, f"{simulator.url}/_sim/tick?n=100", trust_env=False, timeout=30
        )
        heard = alone(_hear(simulator.ws_url, asked, trigger, 2))
    assert {frame["payload"]["eventSlug"] for frame in heard} == {slug}


def test_market_channel(sample) -> None:
    with running(young(), trades_per_minute=600.0) as simulator:
        tokens = [
            token
            for market in simulator.world.markets
            if market.closed_at is None
            for token in market.token_ids
        ]
        asked = {"type": "market", "assets_ids": tokens, "custom_feature_enabled": True}
        trigger = partial(
            httpx.post, f"{simulator.url}/_sim/tick?n=200", trust_env=False, timeout=30
        )
        heard = alone(_hear(simulator.market_ws_url, asked, trigger, "new_market"))
    kinds = {frame["event_type"]: frame for frame in heard}
    assert {"book", "last_trade_price", "new_market"} <= set(kinds)
    assert set(sample("ws-market-new-market-1")) == set(kinds["new_market"])
    assert set(sample("ws-market-last-trade-price-1")) | {"transaction_hash"} == set(
        kinds["last_trade_price"]
    )
    assert set(sample("ws-market-book-1")) <= set(kinds["book"])
    moved = kinds["price_change"]  # since September 2025 the old flat object is an entry of a list
    flat = {
        key: value for key, value in sample("ws-market-price-change-1").items() if key not in moved
    }
    for change in moved["price_changes"]:
        assert set(change) == set(flat) | {"best_bid", "best_ask"} and change["asset_id"] in tokens
        assert all(isinstance(value, str) for value in change.values())
