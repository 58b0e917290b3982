"""Spacing: two clients keep one rate, a closed limit stops all, settings stay within what is published."""

from __future__ import annotations

import threading
import time

import pytest

from smartmoney.polymarket.budget import Limit, LocalBudget, family, limits_for
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings, load
from tests.kit.clock import FrozenClock
from tests.kit.fake_api import FakeApi, answer


def test_requests_are_spaced_after_a_burst(clock: FrozenClock) -> None:
    budget, limit = LocalBudget(clock), Limit("data/trades", 0.1, 3)
    waits = [budget.reserve([limit]).wait_s for _ in range(6)]
    assert waits == pytest.approx([0, 0, 0, 0.1, 0.2, 0.3])
    clock.elapsed += 100
    assert [budget.reserve([limit]).wait_s for _ in range(4)] == pytest.approx([0, 0, 0, 0.1])


def test_the_slowest_limit_counts(clock: FrozenClock) -> None:
    budget = LocalBudget(clock)
    limits = [Limit("data", 0.01, 1), Limit("data/trades", 1.0, 1)]
    assert [budget.reserve(limits).wait_s for _ in range(3)] == pytest.approx([0, 1, 2])
    assert budget.reserve(limits[:1]).wait_s == pytest.approx(0.03)


def test_closing_only_ever_lengthens(clock: FrozenClock) -> None:
    budget = LocalBudget(clock)
    budget.close("data", 10, "429")
    budget.close("data", 3, "503")
    turn = budget.reserve([Limit("data", 0.1, 1), Limit("data/trades", 0.1, 1)])
    assert (turn.closed, turn.wait_s, turn.reason) == (True, 10, "429")
    assert not budget.reserve([Limit("gamma", 0.1, 1)]).closed
    clock.elapsed += 10
    assert not budget.reserve([Limit("data", 0.1, 1)]).closed


def test_two_clients_keep_one_rate(api: FakeApi, here: Settings) -> None:
    settings = here.model_copy(update={"rate_limit_requests": 20, "rate_limit_interval_ms": 1_000})
    budget = LocalBudget()
    api.script = [answer({"data": 1})]
    times: list[float] = []

    def ask() -> None:
        with Client(settings, budget) as client:
            for _ in range(15):
                client.get("data", "/v2/activity")
                times.append(time.monotonic())

    threads = [threading.Thread(target=ask) for _ in range(2)]
    began = time.monotonic()
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    took = max(times) - began
    assert took >= (30 - 10) / 20, "10 may come at once, the rest are 50 ms apart"


def test_published_limits_are_halved() -> None:
    limits = {limit.name: limit for limit in limits_for("data", "/v2/trades", load())}
    assert limits["data"].gap_s == pytest.approx(1 / 50)
    assert limits["data/trades"].gap_s == pytest.approx(1 / 10)
    names = [limit.name for limit in limits_for("gamma", "/markets/keyset", load())]
    assert names == ["gamma", "gamma/listings", "gamma/markets"]


def test_a_setting_never_exceeds_nine_tenths_of_what_is_published() -> None:
    eager = limits_for("data", "/v2/positions", load(rate_limit_requests=5_000))
    assert eager[-1].gap_s == pytest.approx(10 / (150 * 0.9))
    modest = limits_for("data", "/v2/activity", load(rate_limit_requests=20))
    assert (modest[-1].name, modest[-1].gap_s) == ("data/activity", pytest.approx(0.5))
    simulated = limits_for(
        "data", "/v2/positions", load(rate_limit_requests=5_000, smartmoney_source="simulator")
    )
    assert [(limit.name, limit.gap_s) for limit in simulated] == [
        ("data", 0),
        ("data/positions", pytest.approx(0.002)),
    ]


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("/v2/trades", "trades"),
        ("/trades", "trades"),
        ("/v1/leaderboard", "leaderboard"),
        ("/", "root"),
        ("/markets/{condition_id}", "markets"),
        ("/markets/keyset", "markets"),
    ],
)
def test_family(route: str, name: str) -> None:
    assert family(route) == name
