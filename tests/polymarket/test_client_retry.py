"""Faults A1 to A4: what each status, each form of Retry-After and each block page does."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate

import pytest

from smartmoney.errors import ApiBlocked, ApiRefused, ApiThrottled, ApiUnavailable
from smartmoney.polymarket.budget import LocalBudget
from smartmoney.polymarket.circuit import FIRST_COOL_DOWN_S, Circuit
from smartmoney.polymarket.client import LONGEST_CLOSE_S, MOST_TRIES, Client
from smartmoney.settings import Settings
from tests.kit.clock import FrozenClock
from tests.kit.fake_api import FakeApi, answer

PAGE = b"<!DOCTYPE html><html><title>Attention Required! | Cloudflare</title></html>"
GOOD = answer({"data": 1})


@pytest.fixture
def client(here: Settings, clock: FrozenClock) -> Iterator[Client]:
    with Client(here, LocalBudget(clock), clock) as opened:
        yield opened


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [
        ("7", 7.0, 7.0),
        ("date", 9.0, 10.0),
        ("0", 0.75, 1.25),
        (None, 0.75, 1.25),
        ("banana", 0.75, 1.25),
        ("-5", 0.75, 1.25),
        ("nan", 0.75, 1.25),
    ],
)
def test_429_waits_as_told_or_by_itself(
    api: FakeApi, client: Client, clock: FrozenClock, told: str | None, least: float, most: float
) -> None:
    if told == "date":
        told = formatdate(clock.time() + 10, usegmt=True)
    api.script = [answer({"error": "slow"}, 429, {"retry-after": told} if told else {}), GOOD]
    assert client.get("data", "/v2/trades").json == {"data": 1}
    assert len(api.asked) == 2
    assert least <= sum(clock.sleeps) <= most
    assert client.counts["throttles"] == 1


def test_retry_after_zero_again_and_again_grows(
    api: FakeApi, client: Client, clock: FrozenClock
) -> None:
    api.script = [answer(None, 429, {"retry-after": "0"}, body=PAGE, kind="text/html")] * 3 + [GOOD]
    client.get("data", "/v2/trades")
    assert clock.sleeps == sorted(clock.sleeps)
    assert len(set(clock.sleeps)) == 3


def test_retry_after_a_day_pauses_the_stream(
    api: FakeApi, client: Client, clock: FrozenClock
) -> None:
    api.script = [answer({"error": "slow"}, 429, {"retry-after": "86400"}), GOOD]
    with pytest.raises(ApiThrottled) as first:
        client.get("data", "/v2/trades")
    assert first.value.wait_seconds == LONGEST_CLOSE_S
    with pytest.raises(ApiThrottled):
        client.get("data", "/v2/trades")
    assert len(api.asked) == 1
    clock.elapsed += LONGEST_CLOSE_S
    assert client.get("data", "/v2/trades").json == {"data": 1}


def test_1015_silences_every_route_of_every_client_that_shares_the_budget(
    api: FakeApi, here: Settings, clock: FrozenClock
) -> None:
    budget = LocalBudget(clock)
    first, second = Client(here, budget, clock), Client(here, budget, clock)
    api.script = [
        answer(
            status=429, body=b"error code: 1015", headers={"retry-after": "0"}, kind="text/plain"
        ),
        GOOD,
    ]
    began = clock.elapsed
    assert first.get("data", "/v2/trades").json == {"data": 1}
    waited = clock.elapsed - began
    assert 0.75 <= waited <= 1.25
    budget.close("data", 5.0, "429 with error 1015")
    began = clock.elapsed
    second.get("data", "/v2/leaderboard")
    assert clock.elapsed - began == pytest.approx(5.0)
    first.close()
    second.close()


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 520, 521, 522, 524])
@pytest.mark.parametrize("times", [1, 4, 6])
def test_server_errors_are_retried_up_to_the_cap(
    api: FakeApi, client: Client, clock: FrozenClock, status: int, times: int
) -> None:
    api.script = [
        answer(status=status, body=b"<html>upstream</html>", kind="text/html")
    ] * times + [GOOD]
    if times < MOST_TRIES:
        client.get("data", "/v2/activity")
        assert clock.sleeps == sorted(clock.sleeps)
        assert len(clock.sleeps) == times
    else:
        with pytest.raises(ApiThrottled if status == 503 else ApiUnavailable, match="next run"):
            client.get("data", "/v2/activity")
        assert len(api.asked) == MOST_TRIES


@pytest.mark.parametrize("status", [400, 401, 404, 405, 410, 422, 301])
def test_refusals_are_not_retried_and_name_the_call(
    api: FakeApi, client: Client, status: int
) -> None:
    api.script = [
        answer({"error": "bad \u202euser", "parameter": "user", "trace_id": "t-1"}, status)
    ]
    with pytest.raises(
        ApiRefused, match=r"data/v2/activity \(user=0xab.*parameter user.*trace_id t-1"
    ) as error:
        client.get("data", "/v2/activity", {"user": "0xab", "start": 1})
    assert error.value.status == status
    assert "\u202e" not in str(error.value)
    assert len(api.asked) == 1


def test_the_apis_own_word_on_retrying_is_honoured(api: FakeApi, client: Client) -> None:
    api.script = [answer({"error": "no", "retryable": False}, 500)]
    with pytest.raises(ApiUnavailable, match="1 try"):
        client.get("data", "/v2/activity")
    api.script = [answer({"error": "later", "retryable": True}, 404)] * 2 + [GOOD]
    assert client.get("data", "/v2/activity").json == {"data": 1}


@pytest.mark.parametrize(
    "reply",
    [
        answer(status=403, body=PAGE, kind="text/html"),
        answer(status=200, body=PAGE, kind="text/html"),
        answer(status=200, body=PAGE, kind="application/json"),
        answer({"error": "forbidden"}, 403),
    ],
)
def test_a_block_page_opens_the_circuit_of_the_host(
    api: FakeApi, client: Client, clock: FrozenClock, reply: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    api.script = [reply]
    with pytest.raises(ApiBlocked, match="left alone"):
        client.get("data", "/v2/activity")
    for route in ("/v2/activity", "/v2/trades"):
        with pytest.raises(ApiBlocked):
            client.get("data", route)
    assert len(api.asked) == 1
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 1
    api.script = [GOOD]
    assert client.get("gamma", "/markets").json == {"data": 1}


def test_half_open_probe_closes_or_opens_the_circuit_for_longer(
    api: FakeApi, client: Client, clock: FrozenClock
) -> None:
    api.script = [answer(status=403, body=PAGE, kind="text/html")]
    with pytest.raises(ApiBlocked):
        client.get("data", "/v2/activity")
    clock.elapsed += 301
    with pytest.raises(ApiBlocked):
        client.get("data", "/v2/activity")
    assert len(api.asked) == 2
    clock.elapsed += 301
    with pytest.raises(ApiBlocked):
        client.get("data", "/v2/activity")
    assert len(api.asked) == 2, "the second cool-down is longer"
    clock.elapsed += 300
    api.script = [GOOD]
    assert client.get("data", "/v2/activity").json == {"data": 1}
    assert client.get("data", "/v2/trades").json == {"data": 1}


def test_only_one_request_probes_a_half_open_circuit() -> None:
    circuit = Circuit()
    assert circuit.blocked(0, now=10) == FIRST_COOL_DOWN_S and circuit.enter(now=11) is None, (
        "it cools down"
    )
    later = 10 + FIRST_COOL_DOWN_S
    assert circuit.enter(later) == 1 and circuit.enter(later) is None
    circuit.failed(1)
    assert circuit.enter(later) == 1
    circuit.answered(1)
    assert circuit.enter(later) == 0 and circuit.enter(later) == 0


def test_what_was_under_way_when_the_circuit_opened_tells_nothing_new() -> None:
    circuit = Circuit()
    entered = [circuit.enter(0.0) for _ in range(5)]
    assert [circuit.blocked(each, 0.0) for each in entered if each is not None] == [
        FIRST_COOL_DOWN_S,
        0,
        0,
        0,
        0,
    ]
    circuit.answered(0)
    assert circuit.blocks == 1, "an answer sent for before the block does not close it"
