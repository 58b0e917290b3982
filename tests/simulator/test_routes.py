"""Defaults, caps, clamps, errors and cursors, as the reference describes them."""

from __future__ import annotations

from typing import Any

import pytest

from polymarket_sim.model import Kind, Side

NOBODY = "0x" + "0" * 39 + "1"


@pytest.fixture(scope="module")
def busy(simulator) -> str:
    world = simulator.world
    return world.traders[
        max(range(len(world.traders)), key=lambda number: len(world.by_trader.rows(number)))
    ].address


@pytest.fixture(scope="module")
def traded(simulator) -> Any:
    world = simulator.world
    return world.markets[
        max(range(len(world.markets)), key=lambda number: len(world.fills_by_market.rows(number)))
    ]


def test_unknown_wallets_and_parameters(get, busy) -> None:
    for path in ("/data/trades", "/data/activity", "/data/positions", "/data/closed-positions"):
        assert get(path, user=NOBODY).json() == []
    assert get("/data/v2/user-stats", user=NOBODY).json() == {"data": None}
    assert get("/data/v2/positions", user=NOBODY).json()["pagination"]["next_cursor"] is None
    assert get("/data/v1/leaderboard", window="30d").json() == get("/data/v1/leaderboard").json()
    assert get("/gamma/markets", condition_ids="0x" + "1" * 64).json() == []
    assert get("/gamma/markets/keyset", condition_ids="0x" + "1" * 64).json()["markets"] == []


def test_v1_defaults_bias(get, busy, traded, simulator) -> None:
    everything = get("/data/trades", user=busy, takerOnly=False, limit=1000).json()
    assert len(get("/data/trades", user=busy, limit=1000).json()) < len(everything)
    held = get("/data/positions", user=busy, sizeThreshold=0, limit=500).json()
    assert {row["asset"] for row in get("/data/positions", user=busy, limit=500).json()} == {
        r["asset"] for r in held if r["size"] >= 1
    }
    closed = get("/data/closed-positions", user=busy).json()
    assert len(closed) == 10 and [r["realizedPnl"] for r in closed] == sorted(
        (r["realizedPnl"] for r in closed), reverse=True
    )
    assert get("/data/activity", user=busy, type="DEPOSIT").json() == []
    assert get("/data/activity", user=busy, type="DEPOSIT", excludeDepositsWithdrawals=False).json()


def test_limits_are_clamped(get, busy) -> None:
    assert len(get("/data/trades", limit=10_000, takerOnly=False).json()) == 1_000
    assert len(get("/data/activity", user=busy, limit=10_000).json()) == 500
    assert len(get("/data/closed-positions", user=busy, limit=500).json()) == 50
    assert len(get("/data/v1/leaderboard", limit=500, timePeriod="ALL").json()) == 50
    assert len(get("/gamma/markets", limit=500, closed=True).json()) <= 100
    assert len(get("/gamma/markets").json()) == 20


@pytest.mark.parametrize(("path", "cap"), [("/data/trades", 3_000), ("/data/activity", 5_000)])
def test_offset_caps(get, busy, path, cap) -> None:
    assert get(path, user=busy, offset=cap).status_code == 200
    refused = get(path, user=busy, offset=cap + 1)
    assert (refused.status_code, refused.json()) == (
        400,
        {"error": f"max historical activity offset of {cap} exceeded"},
    )


def test_v1_errors(get) -> None:
    for path in (
        "/data/activity",
        "/data/positions",
        "/data/closed-positions",
    ):
        refused = get(path)
        assert (refused.status_code, refused.json()) == (
            400,
            {"error": "required query param 'user' not provided"},
        )
    assert get("/data/nothing").status_code == 404 and "error" in get("/data/nothing").json()
    assert get("/data/").json() == {"data": "OK"}


def test_newest_first_with_ties(get, busy) -> None:
    rows = get("/data/trades", takerOnly=False, limit=1000).json()
    times = [row["timestamp"] for row in rows]
    assert times == sorted(times, reverse=True) and len(set(times)) < len(times)
    rising = [
        row["timestamp"]
        for row in get("/data/activity", user=busy, sortDirection="ASC", limit=500).json()
    ]
    assert rising == sorted(rising)


def test_trade_filters(get, traded) -> None:
    rows = get(
        "/data/trades",
        market=traded.condition_id,
        side="SELL",
        filterType="CASH",
        filterAmount=20,
        limit=500,
    ).json()
    assert rows and all(
        r["side"] == "SELL"
        and r["size"] * r["price"] >= 19.99
        and r["conditionId"] == traded.condition_id
        for r in rows
    )
    assert get("/data/trades", filterType="CASH").status_code == 400
    assert get("/data/trades", market=traded.condition_id, eventId="1").status_code == 400


def test_windows_cover_everything_once(get, busy, simulator) -> None:
    """Walking back by `end` with the boundary second kept finds every activity row, offset cap or not."""
    found: set[str] = set()
    end, total = simulator.world.now, 0
    while True:
        rows = get("/data/activity", user=busy, limit=500, end=end, start=1).json()
        fresh = {str(row) for row in rows} - found
        found |= fresh
        total += len(rows)
        if not fresh or rows[-1]["timestamp"] == end:
            break
        end = rows[-1]["timestamp"]
    assert len(found) > 500


def test_rank_is_text_in_v1_and_shared_in_v2(get) -> None:
    assert [
        row["rank"]
        for row in get("/data/v1/leaderboard", offset=3, limit=3, timePeriod="ALL").json()
    ] == ["4", "5", "6"]
    ranks = [row["rank"] for row in get("/data/v2/leaderboard", time_period="all").json()["data"]]
    assert ranks == sorted(ranks) and ranks[0] == 1


def test_v2_walks_by_cursor(get, busy) -> None:
    params = {"user": busy, "taker_only": False, "filter_amount": 0, "start": 1}
    once = get("/data/v2/trades", limit=1_000, **params).json()
    rows, cursor = [], None
    while True:
        reply = get(
            "/data/v2/trades", limit=77, **params, **({"cursor": cursor} if cursor else {})
        ).json()
        assert reply["pagination"]["has_more"] == (reply["pagination"]["next_cursor"] is not None)
        rows += reply["data"]
        cursor = reply["pagination"]["next_cursor"]
        if cursor is None:
            break
    assert rows[: len(once["data"])] == once["data"]


@pytest.mark.parametrize(
    ("path", "params", "parameter"),
    [
        ("/data/v2/trades", {"offset": 5}, "offset"),
        ("/data/v2/activity", {}, "user"),
        ("/data/v2/activity", {"user": NOBODY, "type": "NONSENSE"}, "type"),
        ("/data/v2/activity", {"user": NOBODY, "limit": 1001}, "limit"),
        ("/data/v2/trades", {"user": "0x4D97DCd97eC945f40cF65F87097ACe5EA0476045"}, "user"),
        ("/data/v2/trades", {"cursor": "bm90IG91cnM"}, "cursor"),
        (
            "/data/v2/positions",
            {"user": NOBODY, "status": "CLOSED", "include_archived": True},
            "include_archived",
        ),
        ("/data/v2/positions", {"condition": "0x1", "status": "MERGEABLE"}, "status"),
    ],
)
def test_v2_errors(get, path, params, parameter) -> None:
    refused = get(path, **params)
    body = refused.json()
    assert refused.status_code == 400 and body["parameter"] == parameter
    assert (body["code"], body["retryable"], body["trace_id"]) == (
        "invalid_request",
        False,
        refused.headers["x-trace-id"],
    )
    assert "error" in body and "data" not in body


def test_v2_cursors_are_bound(get, busy) -> None:
    cursor = get("/data/v2/positions", user=busy, limit=5, status="CLOSED").json()["pagination"][
        "next_cursor"
    ]
    assert get("/data/v2/positions", user=busy, status="CLOSED", cursor=cursor).status_code == 200
    for wrong in (
        {"cursor": cursor},
        {"user": busy, "cursor": cursor},
        {"user": busy, "status": "CLOSED", "sort_by": "TOKENS", "cursor": cursor},
    ):
        assert get("/data/v2/positions", **wrong).status_code == 400
    assert get("/data/v2/trades", user=busy, cursor=cursor).status_code == 400


def test_v2_takes_camel_case_and_defaults(get, busy, traded) -> None:
    assert (
        get("/data/v2/trades", user=busy, takerOnly="false").json()["data"]
        == get("/data/v2/trades", user=busy, taker_only="false").json()["data"]
    )
    assert get("/data/v2/trades", conditionId=traded.condition_id).json()["data"]
    sizes = [
        row["current_size"]
        for row in get("/data/v2/positions", user=busy, limit=1000).json()["data"]
    ]
    assert min(sizes) >= 0.1
    with_dust = get("/data/v2/positions", user=busy, limit=1000, filter_amount=0).json()["data"]
    assert len(with_dust) >= len(sizes)


def test_closed_markets_hide_by_default(get, simulator) -> None:
    closed = next(market for market in simulator.world.markets if market.closed_at is not None)
    assert get("/gamma/markets", condition_ids=closed.condition_id).json() == []
    (row,) = get("/gamma/markets", condition_ids=closed.condition_id, closed=True).json()
    assert row["closed"] and row["active"]


@pytest.mark.parametrize(
    ("path", "params", "status", "text"),
    [
        ("/gamma/markets/999999999", {}, 404, "id not found"),
        ("/gamma/markets/some-slug", {}, 422, "id is invalid"),
        (
            "/gamma/events",
            {"offset": 10_001},
            422,
            "offset too large, use /events/keyset for deeper pagination",
        ),
        ("/gamma/markets/keyset", {"offset": 1}, 422, "offset is not allowed on keyset endpoints"),
        ("/gamma/markets", {"order": "nonsense"}, 422, "order fields are not valid"),
        ("/gamma/public-search", {}, 422, 'query argument "q": empty'),
    ],
)
def test_gamma_errors(get, path, params, status, text) -> None:
    refused = get(path, **params)
    assert (refused.status_code, refused.json()["error"]) == (status, text)
    assert refused.json()["type"] == ("not found error" if status == 404 else "validation error")


def test_gamma_keyset_ends_without_cursor(get, simulator) -> None:
    wanted = sum(market.closed_at is not None for market in simulator.world.markets)
    rows, params, pages = [], {"closed": True, "limit": wanted // 2}, 0
    while True:
        reply = get("/gamma/markets/keyset", **params).json()
        rows, pages = rows + reply["markets"], pages + 1
        if "next_cursor" not in reply:
            break
        params["after_cursor"] = reply["next_cursor"]
    assert len({row["id"] for row in rows}) == len(rows) == wanted
    assert reply["markets"] == [] or wanted % 2, "a full last page still gave a cursor"
    assert get("/gamma/markets/keyset", after_cursor=params["after_cursor"]).status_code == 422


def test_order_by_volume_is_alphabetical(get) -> None:
    texts = [
        row["volume"]
        for row in get("/gamma/markets", closed=True, order="volume", limit=100).json()
    ]
    numbers = [
        row["volumeNum"]
        for row in get("/gamma/markets", closed=True, order="volumeNum", limit=100).json()
    ]
    assert texts == sorted(texts, reverse=True) and numbers == sorted(numbers, reverse=True)
    assert [float(text) for text in texts] != numbers


def test_search_without_hit_leaves_events_out(get) -> None:
    assert get("/gamma/public-search", q="zzzz no such thing").json() == {
        "pagination": {"hasMore": False, "totalResults": 0}
    }


def test_clob_lists_and_missing_books(get, simulator) -> None:
    rows, cursor = [], "MA=="
    while cursor != "LTE=":
        reply = get("/clob/markets", next_cursor=cursor).json()
        rows, cursor = rows + reply["data"], reply["next_cursor"]
    assert len(rows) == len(simulator.world.markets) and reply["count"] == len(reply["data"])
    closed = next(market for market in simulator.world.markets if market.closed_at is not None)
    for token in (closed.token_ids[0], "12345"):
        refused = get("/clob/book", token_id=token)
        assert (refused.status_code, refused.json()) == (
            404,
            {"error": "No orderbook exists for the requested token id"},
        )


def test_clob_history_rules(get, simulator) -> None:
    resolved = next(
        market
        for market in simulator.world.markets
        if market.payouts and not market.slug.startswith(("btc", "eth"))
    )
    assert get(
        "/clob/prices-history", market=resolved.token_ids[0], interval="max", fidelity=60
    ).json() == {"history": []}
    assert get(
        "/clob/prices-history", market=resolved.token_ids[0], interval="max", fidelity=720
    ).json()["history"]
    too_fine = get("/clob/prices-history", market=resolved.token_ids[0], interval="1m", fidelity=1)
    assert too_fine.status_code == 400 and too_fine.json()["error"].startswith(
        "invalid filters: minimum fidelity"
    )
    assert (
        get(
            "/clob/prices-history", market=resolved.token_ids[0], startTs=1, endTs=10**9
        ).status_code
        == 400
    )


def test_numbers_are_exact(get, busy, simulator) -> None:
    """No float noise: the text of a size is its micro-units with the point set."""
    rows = simulator.world.by_trader.rows(simulator.world.trader_index[busy])
    row = int(rows[simulator.world.entries.kind[rows] == Kind.TRADE][-1])
    size = int(simulator.world.entries.size_micro[row])
    text = f"{size // 10**6}.{size % 10**6:06d}".rstrip("0").rstrip(".")
    side = Side(int(simulator.world.entries.side[row])).name
    assert (
        f'"size":{text},'
        in get("/data/trades", user=busy, takerOnly=False, side=side, limit=1).text
    )


def test_every_request_is_logged(get, simulator) -> None:
    get("/data/trades", limit=3)
    last = simulator.requests[-1]
    assert (last.method, last.path, last.params, last.status) == (
        "GET",
        "/data/trades",
        {"limit": "3"},
        200,
    )
