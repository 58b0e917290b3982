"""Faults A5 to A7 and 40: dripped, cut and damaged answers, no route, addresses that may not be asked."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from smartmoney.errors import ApiUnavailable, SettingError
from smartmoney.polymarket import hosts
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.transport import NoConnection
from smartmoney.settings import Settings, load
from tests.kit.clock import FrozenClock
from tests.kit.fake_api import Asked, FakeApi, Write, answer

GOOD = answer({"data": 1})


@pytest.fixture
def client(here: Settings, clock: FrozenClock) -> Iterator[Client]:
    with Client(here, clock=clock) as opened:
        yield opened


def drip(head: bytes, rest: bytes) -> Write:
    def write(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(200):
            connection.sendall(rest)
            time.sleep(0.05)

    return write


def cut(data: bytes) -> Write:
    return lambda connection: connection.sendall(data)


@pytest.mark.parametrize(
    "bad",
    [
        drip(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b" "),
        drip(b"HTTP/1.1 200 OK\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
    ids=["body", "headers", "chunks"],
)
def test_a_dripping_server_meets_the_deadline_and_leaves_the_pool_healthy(
    api: FakeApi, client: Client, bad: Write
) -> None:
    api.script = [bad, GOOD]
    began = time.monotonic()
    assert client.get("data", "/v2/activity").json == {"data": 1}
    assert 0.9 <= time.monotonic() - began < 2.0
    began = time.monotonic()
    assert client.get("data", "/v2/activity").json == {"data": 1}
    assert time.monotonic() - began < 0.5


BODY = gzip.compress(b'{"data": [' + b"1, " * 5_000 + b"2]}")
HEAD = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n"


@pytest.mark.parametrize(
    "bad",
    [
        cut(HEAD + b'content-length: 500\r\n\r\n{"data": 1'),
        cut(
            HEAD
            + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % (len(BODY) - 9)
            + BODY[:-9]
        ),
        cut(HEAD + b"content-encoding: gzip\r\ncontent-length: 12\r\n\r\nnot gzip at a"),
        cut(HEAD + b"content-encoding: br\r\ncontent-length: 3\r\n\r\nabc"),
        cut(HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n"),
        cut(HEAD + b'\r\n{"data": [1, 2'),
        cut(b""),
    ],
    ids=["short", "gzip cut", "gzip junk", "odd packing", "chunk junk", "json cut", "nothing"],
)
def test_broken_answers_are_retried_and_never_taken(
    api: FakeApi, client: Client, bad: Write
) -> None:
    api.script = [bad, GOOD]
    assert client.get("data", "/v2/activity").json == {"data": 1}
    assert client.counts["retries"] == 1


def test_gzip_is_unpacked(api: FakeApi, client: Client) -> None:
    api.script = [answer(body=BODY, headers={"content-encoding": "gzip"})]
    assert sum(client.get("data", "/v2/activity").json["data"]) == 5_002


def test_an_answer_without_end_is_refused(api: FakeApi, here: Settings, clock: FrozenClock) -> None:
    client = Client(here, clock=clock, most_bytes=1_000)
    api.script = [
        answer(body=gzip.compress(b" " * 1_000_000), headers={"content-encoding": "gzip"})
    ]
    with pytest.raises(Exception, match="more than 1,000 bytes"):
        client.get("data", "/v2/activity")


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_deaf_port_ends_in_a_clear_error(deaf: int, clock: FrozenClock) -> None:
    settings = load(
        smartmoney_source="simulator",
        polymarket_api_base_url=f"http://127.0.0.1:{deaf}",
        request_deadline_s=1.0,
    )
    began = time.monotonic()
    with (
        Client(settings, clock=clock) as client,
        pytest.raises(ApiUnavailable, match="no whole answer in 1 s"),
    ):
        client.get("data", "/v2/activity")
    assert time.monotonic() - began < 7


def test_no_route_says_what_to_do(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    refused = load(
        smartmoney_source="simulator", polymarket_api_base_url=f"http://127.0.0.1:{port}"
    )
    with pytest.raises(
        ApiUnavailable, match="No route to 127.0.0.1: check the network, or use SMARTMONEY_SOURCE"
    ):
        Client(refused, clock=clock).get("data", "/v2/activity")

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror("name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ApiUnavailable, match="No route to data-api.polymarket.com"):
        Client(load(), clock=clock).get("data", "/v2/activity")


def test_the_pool_is_rebuilt_after_two_waits_in_vain(
    here: Settings, clock: FrozenClock, api: FakeApi
) -> None:
    api.script = [GOOD]
    client = Client(here, clock=clock)
    stuck = client._transport
    stuck.close()

    def never(*_: object, **__: object) -> None:
        raise NoConnection("no free connection")

    stuck.get = never  # type: ignore[method-assign, assignment]
    assert client.get("data", "/v2/activity").json == {"data": 1}
    assert client._transport is not stuck
    assert client.counts["rebuilds"] == 1
    client.close()


def test_redirects_are_not_followed(api: FakeApi, client: Client) -> None:
    api.script = [answer({}, 302, {"location": f"http://127.0.0.1:{api.port}/elsewhere"})]
    with pytest.raises(Exception, match="was refused: 302"):
        client.get("data", "/v2/activity")
    assert [request.path for request in api.asked] == ["/data/v2/activity"]


def test_parameters_and_paths_are_encoded(api: FakeApi, client: Client) -> None:
    api.script = [GOOD]
    client.get(
        "data",
        "/v2/trades",
        {"condition": ["0xa", "0xb"], "taker_only": False, "end": None, "start": 1},
    )
    client.get("gamma", "/markets", {"condition_ids": ["0xa", "0xb"], "closed": True})
    client.get("clob", "/markets/{condition_id}", path={"condition_id": "../book?x=1"})
    assert api.asked[0].query == [("condition", "0xa,0xb"), ("taker_only", "false"), ("start", "1")]
    assert api.asked[1].query == [
        ("condition_ids", "0xa"),
        ("condition_ids", "0xb"),
        ("closed", "true"),
    ]
    assert api.asked[2].path == "/clob/markets/..%2Fbook%3Fx%3D1"


def test_numbers_arrive_exact(api: FakeApi, client: Client) -> None:
    text = b'{"a": 0.1000000000000000055511151231257827, "b": 12345678901234567890123, "c": NaN, "d": 1e400}'
    api.script = [answer(body=text, headers={"age": "300", "x-trace-id": "t-9"})]
    response = client.get("data", "/v2/activity")
    assert str(response.json["a"]) == "0.1000000000000000055511151231257827"
    assert response.json["b"] == 12345678901234567890123
    assert response.json["c"].is_nan() and response.json["d"] == Decimal("1e400")
    assert (response.trace_id, response.age_s) == ("t-9", 300.0)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest",
        "https://10.0.0.7",
        "https://evil.example",
        "http://data-api.polymarket.com",
        "https://data-api.polymarket.com@evil.example",
        "ftp://127.0.0.1",
        "https://data-api.polymarket.com:99999",
        "https://[::ffff:10.0.0.1]",
        "gopher://127.0.0.1",
        "",
        "https://data-api.polymarket.com?x=1",
    ],
)
@pytest.mark.parametrize("source", ["live", "simulator"])
def test_addresses_that_may_not_be_asked(url: str, source: str) -> None:
    if url == "https://evil.example" and source == "simulator":
        pytest.skip("a simulator may stand at any public https address")
    with pytest.raises(SettingError, match="POLYMARKET_DATA_URL"):
        Client(load(smartmoney_source=source, polymarket_data_url=url))


def test_a_public_name_that_points_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.1.2.3", 0))])
    with pytest.raises(SettingError, match="resolves to 10.1.2.3"):
        hosts.refuse_inside("https://data-api.polymarket.com")
    with pytest.raises(SettingError, match="resolves to 10.1.2.3"):
        Client(load()).get("data", "/v2/activity")


def test_proxies_of_the_environment_are_ignored_unless_asked(
    api: FakeApi, here: Settings, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    api.script = [GOOD]
    with Client(here, clock=clock) as client:
        assert client.get("data", "/v2/activity").json == {"data": 1}
    asked = here.model_copy(update={"polymarket_use_proxy": True})
    with Client(asked, clock=clock) as client, pytest.raises(ApiUnavailable):
        client.get("data", "/v2/activity")
    assert len(api.asked) == 1


def test_a_slow_but_honest_answer_is_taken(api: FakeApi, client: Client) -> None:
    def late(_: Asked) -> bytes:
        time.sleep(0.4)
        return GOOD

    api.script = late
    assert client.get("data", "/v2/activity").json == {"data": 1}
