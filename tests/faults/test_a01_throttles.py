"""A1: told to slow down, in every form of Retry-After; and error 1015, which silences every endpoint and process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest

from polymarket_sim.server import Simulator
from smartmoney.errors import ApiThrottled
from smartmoney.polymarket.budget import LocalBudget
from smartmoney.polymarket.client import LONGEST_CLOSE_S, Client
from smartmoney.polymarket.clock import Clock
from smartmoney.store.db import Store
from smartmoney.store.streams.budget import PostgresBudget
from tests.kit.clock import FrozenClock
from tests.kit.same import Picture, assert_same, part_of, picture
from tests.kit.syncing import Run, here, sync
from tests.kit.victim import victim

OWN = (0.75, 1.25)


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [("7", 7.0, 7.0), ("date", 8.0, 9.0), ("0", *OWN), (None, *OWN), ("banana", *OWN)],
)
def test_waits_as_told_or_by_itself(
    run: Run,
    api: Simulator,
    store: Store,
    clean: Picture,
    told: str | None,
    least: float,
    most: float,
) -> None:
    clock = FrozenClock()
    header = formatdate(clock.time() + 9, usegmt=True) if told == "date" else told
    rule = api.misbehaviour.add(
        "/data/v2/activity", "429", nth=[3], **({"retry_after": header} if header else {})
    )
    run(clock=clock, kinds=("trades",), worker_concurrency=1)
    assert rule.fired == 1 and len(clock.waits) == 1
    assert least - 0.5 <= clock.waits[0] <= most
    run(clock=clock)
    assert_same(picture(store), clean)


def test_retry_after_zero_again_and_again_waits_longer_each_time(run: Run, api: Simulator) -> None:
    clock = FrozenClock()
    api.misbehaviour.add("/data/v2/activity", "429-html", nth=[3, 4, 5], retry_after="0")
    run(clock=clock, kinds=("trades",), worker_concurrency=1)
    assert clock.waits == sorted(set(clock.waits)) and len(clock.waits) == 3


def test_a_day_is_capped_and_pauses_the_stream(
    run: Run, api: Simulator, store: Store, clean: Picture
) -> None:
    clock = FrozenClock()
    budget = LocalBudget(clock)
    api.misbehaviour.add("/data/v2/activity", "429", nth=[4], retry_after="86400")
    with pytest.raises(ApiThrottled) as refused:
        run(clock=clock, budget=budget, kinds=("trades",), worker_concurrency=1)
    assert refused.value.wait_seconds == LONGEST_CLOSE_S and not clock.waits, (
        "a run does not sleep for hours"
    )
    asked = len(api.requests)
    with pytest.raises(ApiThrottled):
        run(clock=clock, budget=budget, kinds=("trades",))
    assert not [request for request in api.requests[asked:] if "activity" in request.path], (
        "the pause is kept"
    )
    part_of(picture(store), clean)
    clock.elapsed += LONGEST_CLOSE_S
    run(clock=clock, budget=budget)
    assert_same(picture(store), clean)


def test_throttles_are_counted(api: Simulator) -> None:
    clock = FrozenClock()
    api.misbehaviour.add("/data/*", "429", nth=[1, 2])
    with Client(here(api.url), LocalBudget(clock), clock) as client:
        client.get("data", "/v2/leaderboard")
    assert client.counts["throttles"] == 2


def quiet_after(api: Simulator, ended: float) -> float:
    """Seconds from a moment to the next request, without those already on their way then."""
    return (
        min(
            request.time
            for request in api.requests
            if request.path.startswith("/data") and request.time > ended + 0.15
        )
        - ended
    )


def told(api: Simulator) -> float:
    """When the first 429 had been sent."""
    first = next(request for request in api.requests if request.status == 429)
    return first.time + first.seconds


def test_1015_silences_every_endpoint_of_every_process(
    store: Store, api: Simulator, wallets: list[str], clean: Picture
) -> None:
    """Trades in a process of its own, positions in this one, a budget in Postgres between them; real time."""
    rule = api.misbehaviour.add("/data/v2/activity", "1015", nth=[8])
    with victim() as ended_by, ThreadPoolExecutor(1) as other:
        ended = other.submit(
            ended_by, database=store.url, url=api.url, wallets=wallets, kind="trades", shared=True
        )
        while ended.running() and not rule.fired:
            sync(
                store, api.url, wallets, ("positions",), clock=Clock(), budget=PostgresBudget(store)
            )
        assert ended.result() == 0 and rule.fired == 1
    sync(store, api.url, wallets, ("positions",))
    assert quiet_after(api, told(api)) >= 0.7, "only what was on its way already may arrive"
    assert_same(picture(store), clean)


def test_1015_stops_those_who_wait_for_their_turn(api: Simulator) -> None:
    """Eight ask at twenty a second: turns were given out before the word came, and must not be used."""
    clock = Clock()
    settings = here(api.url, rate_limit_requests=200, rate_limit_interval_ms=10_000)
    api.misbehaviour.add("/data/v2/leaderboard", "1015", nth=[14])
    with Client(settings, LocalBudget(clock), clock) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.get("data", "/v2/leaderboard"), range(24)))
    assert quiet_after(api, told(api)) >= 0.7
