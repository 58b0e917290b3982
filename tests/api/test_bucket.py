"""Each client has a bucket of tokens; nobody's bucket is another's."""

from __future__ import annotations

import pytest

from smartmoney.api import bucket
from smartmoney.api.bucket import Buckets, client_of


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_of_two_seconds_then_the_rate() -> None:
    clock = Clock()
    buckets = Buckets(10, clock)
    assert [buckets.wait("1.2.3.4") for _ in range(20)] == [0.0] * 20
    assert buckets.wait("1.2.3.4") == pytest.approx(0.1)
    assert buckets.wait("1.2.3.5") == 0.0
    clock.now += 0.1
    assert buckets.wait("1.2.3.4") == 0.0 and buckets.wait("1.2.3.4") > 0
    clock.now += 3_600
    assert [buckets.wait("1.2.3.4") == 0.0 for _ in range(21)] == [True] * 20 + [False]


def test_a_refused_request_takes_nothing() -> None:
    clock = Clock()
    buckets = Buckets(1, clock)
    assert [buckets.wait("a") for _ in range(2)] == [0.0, 0.0]
    assert [buckets.wait("a") for _ in range(50)] == [pytest.approx(1.0)] * 50


def test_no_rate_is_no_limit() -> None:
    assert {Buckets(0).wait("a") for _ in range(1_000)} == {0.0}


def test_old_clients_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "MOST_CLIENTS", 3)
    buckets = Buckets(1, Clock())
    for number in range(9):
        buckets.wait(f"10.0.0.{number}")
    assert list(buckets._full_at) == ["10.0.0.6", "10.0.0.7", "10.0.0.8"]


@pytest.mark.parametrize(
    "host, client",
    [
        ("1.2.3.4", "1.2.3.4"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_an_address_or_its_network(host: str, client: str) -> None:
    assert client_of(host) == client
