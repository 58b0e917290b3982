"""Every fault does what its name says, when its rule says so, and nothing is lost once it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import httpx
import pytest

from polymarket_sim.faulty.faults import BAD_VALUES, FAULTS
from polymarket_sim.faulty.misbehave import rule_of
from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from tests.kit.simulators import NOW


@pytest.fixture(scope="module")
def naughty() -> Iterator[Simulator]:
    with running(generate(21, traders=60, markets=60, trades=3_000, days=60, now=NOW)) as found:
        yield found


@pytest.fixture
def client(naughty: Simulator) -> Iterator[httpx.Client]:
    naughty.misbehaviour.clear()
    with httpx.Client(base_url=naughty.url, timeout=10, trust_env=False) as found:
        yield found
    naughty.misbehaviour.clear()


def walk(client: httpx.Client, path: str = "/data/v2/trades", **params) -> list[list[dict]]:
    """Pages of a v2 walk to the null cursor."""
    pages, cursor = [], None
    while True:
        reply = client.get(path, params=params | ({"cursor": cursor} if cursor else {})).json()
        pages.append(reply["data"])
        cursor = reply["pagination"]["next_cursor"]
        if cursor is None:
            return pages


def flat(pages: list[list[dict]]) -> list[str]:
    return [json.dumps(row) for page in pages for row in page]


@pytest.mark.parametrize(
    "after", ["7", "Wed, 21 Oct 2026 07:28:00 GMT", "0", None, "banana", "86400"]
)
def test_429_with_any_retry_after(client, naughty, after) -> None:
    naughty.misbehaviour.add("/data/*", "429", next=1, **({"retry_after": after} if after else {}))
    first, second = client.get("/data/trades"), client.get("/data/trades")
    assert (first.status_code, first.headers.get("retry-after")) == (
        429,
        after,
    ) and second.status_code == 200


@pytest.mark.parametrize(
    "what", ["429-html", "1015", "block-403", "block-200", "502", "521", "522"]
)
def test_pages_that_are_not_json(client, naughty, what) -> None:
    naughty.misbehaviour.add("*", what, next=1)
    reply = client.get("/gamma/markets")
    with pytest.raises(ValueError):
        reply.json()
    assert (
        reply.status_code
        == {"429-html": 429, "1015": 429, "block-403": 403, "block-200": 200}.get(what, 0)
        or int(what) == reply.status_code
    )


@pytest.mark.parametrize("status", ["400", "401", "404", "410", "500", "503"])
def test_plain_refusals(client, naughty, status) -> None:
    naughty.misbehaviour.add("/data/v2/*", status, nth=2)
    assert [client.get("/data/v2/oi").status_code for _ in range(3)] == [200, int(status), 200]


def test_bursts_chances_and_globs(client, naughty) -> None:
    burst = naughty.misbehaviour.add("/data/trades", "status", status=503, nth=[2, 3, 4])
    assert [client.get("/data/trades").status_code for _ in range(5)] == [200, 503, 503, 503, 200]
    assert (burst.seen, burst.fired) == (5, 3) and client.get("/data/v2/oi").status_code == 200
    naughty.misbehaviour.clear()
    naughty.misbehaviour.add("*", "500", probability=0.5)
    statuses = [client.get("/data/v2/oi").status_code for _ in range(60)]
    assert 10 < statuses.count(500) < 50


def test_dripped_bytes(client, naughty) -> None:
    naughty.misbehaviour.add("*", "drip", next=1, seconds=0.02)
    begun, got = time.monotonic(), 0
    with client.stream("GET", "/data/trades") as reply:
        for chunk in reply.iter_raw():
            got += len(chunk)
            if time.monotonic() - begun > 0.5:
                break
    assert 5 < got < 100


@pytest.mark.parametrize("what", ["cut", "wrong-length"])
def test_broken_bodies(client, naughty, what) -> None:
    naughty.misbehaviour.add("*", what, next=1)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/data/trades", params={"limit": 500})
    assert len(client.get("/data/trades", params={"limit": 500}).json()) == 500


def test_truncated_gzip(client, naughty) -> None:
    naughty.misbehaviour.add("*", "bad-gzip", next=1)
    reply = client.get("/data/trades", params={"limit": 50})
    with pytest.raises(ValueError):
        reply.json()


def test_short_and_empty_pages_lose_nothing(client, naughty) -> None:
    params = {"limit": 100, "taker_only": "false"}
    proper = flat(walk(client, **params))
    naughty.misbehaviour.add("/data/v2/trades", "empty", nth=[1, 3, 4])
    naughty.misbehaviour.add("/data/v2/trades", "short", nth=[2, 5])
    pages = walk(client, **params)
    assert sum(not page for page in pages) == 3 and flat(pages) == proper
    assert [len(page) for page in pages[:7]] == [0, 33, 0, 0, 33, 99, 99]


def test_empty_page_of_gamma_keyset(client, naughty) -> None:
    proper = client.get("/gamma/markets/keyset", params={"limit": 5}).json()["markets"]
    naughty.misbehaviour.add("/gamma/markets/keyset", "empty", next=1)
    first = client.get("/gamma/markets/keyset", params={"limit": 5}).json()
    assert first["markets"] == []
    again = client.get(
        "/gamma/markets/keyset", params={"limit": 5, "after_cursor": first["next_cursor"]}
    ).json()
    assert [row["id"] for row in again["markets"]] == [row["id"] for row in proper]


def test_missing_pagination_and_envelope(client, naughty) -> None:
    naughty.misbehaviour.add("/data/v2/trades", "no-pagination", nth=1)
    naughty.misbehaviour.add("/data/v2/trades", "rename-envelope", nth=2)
    assert set(client.get("/data/v2/trades").json()) == {"data"}
    assert set(client.get("/data/v2/trades").json()) == {"result", "pagination"}


def test_repeated_stale_and_shifted_pages(client, naughty) -> None:
    naughty.misbehaviour.add("/data/trades", "repeat", nth=2)
    one, two, three = (
        client.get("/data/trades", params={"limit": 5, "offset": n}).json() for n in (0, 5, 5)
    )
    assert one == two != three
    naughty.misbehaviour.clear()
    naughty.misbehaviour.add("/data/v2/trades", "stale", nth=[2, 3])
    replies = [client.get("/data/v2/trades", params={"limit": 5}) for _ in range(3)]
    assert len({reply.headers["x-trace-id"] for reply in replies}) == 1
    naughty.misbehaviour.clear()
    naughty.misbehaviour.add("/data/v1/leaderboard", "shift", nth=2)
    first, second = (
        client.get(
            "/data/v1/leaderboard", params={"limit": 5, "offset": n, "timePeriod": "ALL"}
        ).json()
        for n in (0, 5)
    )
    assert second[0] == first[-1]


def test_rows_arrive_at_the_head_while_paging(client, naughty) -> None:
    naughty.misbehaviour.add("/data/*", "head-insert", nth=[2, 3], ticks=40)
    before = len(naughty.world.entries)
    pages = walk(client, limit=200, taker_only="false")
    assert len(naughty.world.entries) > before
    rows = flat(pages)
    naughty.misbehaviour.clear()
    later = flat(walk(client, limit=200, taker_only="false"))
    assert later[-len(rows) :] == rows and len(later) > len(rows)


def test_late_rows_come_in_the_end(client, naughty) -> None:
    proper = flat(walk(client, limit=300))
    naughty.misbehaviour.add("/data/v2/trades", "late")
    early = flat(walk(client, limit=300))
    assert 0.5 < len(early) / len(proper) < 0.95 and set(early) < set(proper)


def test_changed_default(client, naughty) -> None:
    naughty.misbehaviour.add("/data/trades", "parameter", field="takerOnly", value="true")
    rows = client.get("/data/trades", params={"takerOnly": "false", "limit": 200}).json()
    naughty.misbehaviour.clear()
    assert rows == client.get("/data/trades", params={"limit": 200}).json()


def test_drifted_fields(client, naughty) -> None:
    naughty.misbehaviour.add("/data/trades", "rename", field="size", to="shares", nth=1)
    naughty.misbehaviour.add("/data/trades", "missing", field="price", nth=2)
    naughty.misbehaviour.add("/data/trades", "new-field", field="venue", value="x", nth=3)
    naughty.misbehaviour.add("/data/trades", "retype", field="timestamp", nth=4, row=0)
    renamed, missing, extra, retyped = (
        client.get("/data/trades", params={"limit": 3}).json() for _ in range(4)
    )
    assert all("shares" in row and "size" not in row for row in renamed)
    assert all("price" not in row for row in missing) and all(row["venue"] == "x" for row in extra)
    assert [type(row["timestamp"]) for row in retyped] == [str, int, int]
    wallet = naughty.world.traders[int(naughty.world.entries.trader[-1])].address
    naughty.misbehaviour.add("/data/activity", "new-type", row=0)
    assert client.get("/data/activity", params={"user": wallet}).json()[0]["type"] == "STAKE"


@pytest.mark.parametrize("name", sorted(BAD_VALUES))
def test_bad_values(client, naughty, name) -> None:
    naughty.misbehaviour.add("/data/positions", f"bad-{name}", row=1)
    world = naughty.world
    wallet = world.traders[
        max(range(len(world.traders)), key=lambda n: len(world.by_trader.rows(n)))
    ].address
    reply = client.get("/data/positions", params={"user": wallet, "sizeThreshold": 0})
    assert BAD_VALUES[name][1].encode("utf-8", "surrogatepass") in reply.content
    assert isinstance(reply.json()[0]["size"], (int, float)) and len(reply.json()) > 2


def test_numbers_survive_a_rewrite(client, naughty) -> None:
    plain = client.get("/data/trades", params={"limit": 100}).text
    naughty.misbehaviour.add("/data/trades", "new-field", field="x", row=99)
    assert client.get("/data/trades", params={"limit": 100}).text.startswith(plain[:-4])


def test_rules_over_http(client, naughty) -> None:
    reply = client.post(
        "/_sim/misbehave", json={"route": "/data/*", "what": "429", "next": 1, "retry_after": "3"}
    )
    assert reply.json() == {"rules": 1} and client.get("/data/v2/oi").headers["retry-after"] == "3"
    assert client.delete("/_sim/misbehave").json() == {"rules": 0}
    assert (
        client.post("/_sim/misbehave", json={"route": "*", "what": "nonsense"}).status_code == 400
    )
    with pytest.raises(ValueError, match="drip"):
        rule_of({"route": "*", "what": "nonsense"})
    assert len(FAULTS) > 35


def test_tick_and_truth_over_http(client, naughty) -> None:
    before = naughty.world.now
    assert client.post("/_sim/tick?n=3").json()["now"] == before + 3 * naughty.tick_seconds
    truth = client.get("/_sim/truth").json()
    assert len(truth) == len(naughty.world.traders)
    wallet = naughty.world.traders[0]
    assert truth[wallet.address]["realized_micro"] == naughty.world.truth(0).realized
