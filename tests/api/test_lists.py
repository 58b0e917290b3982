"""Every route that reads: its names, its numbers against the reads, its pages, its filters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from smartmoney.store import reads
from smartmoney.store.db import Store
from tests.kit.api_paths import PATHS, WALLET
from tests.kit.seed import HOSTILE, Seed, address

PAGED = [
    path
    for path, model in PATHS.items()
    if "next_cursor" in model.model_fields
    and path
    not in (
        f"/api/traders/{WALLET}/scores",
        f"/api/traders/{WALLET}/daily",
        f"/api/traders/{WALLET}/categories",
        "/api/markets/68/smart",
        "/api/markets/68/prices",
        "/api/watchlist",
        "/api/alert-rules",
    )
]


def names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(
            *(names(inner) for key, inner in value.items() if key != "parameters")
        )
    return set().union(*(names(item) for item in value)) if isinstance(value, list) else set()


def exact(response: httpx.Response) -> Any:
    assert response.status_code == 200, response.text
    return json.loads(response.text, parse_float=Decimal)


@pytest.mark.parametrize("path", PATHS)
def test_a_body_is_what_the_documentation_says(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200 and response.headers["content-type"] == "application/json"
    PATHS[path].model_validate_json(response.content)
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9]*", name) for name in names(response.json()))


@pytest.mark.parametrize(
    "path", [path for path, model in PATHS.items() if "as_of" in model.model_fields]
)
def test_every_list_says_what_it_is_valid_for(client: httpx.Client, path: str) -> None:
    body = client.get(path).json()
    assert body["asOf"].endswith("Z") and body["scoreVersion"] == "1"
    if "items" in body:
        assert isinstance(body["total"], int) and body["total"] >= len(body["items"]) > 0


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_hold_every_row_once(client: httpx.Client, path: str, order: str) -> None:
    whole = client.get(path, params={"limit": 500, "order": order}).json()
    rows: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(
            path, params={"limit": 23, "order": order, **({"cursor": cursor} if cursor else {})}
        ).json()
        assert page["total"] == whole["total"] and len(page["items"]) <= 23
        rows, cursor = rows + page["items"], page["nextCursor"]
    assert rows == whole["items"] and len(rows) == whole["total"] > 3


def test_the_numbers_are_those_of_the_reads_to_the_last_digit(
    client: httpx.Client, seen: Store
) -> None:
    wanted = reads.TraderFilter(sort=reads.TraderSort.total_pnl, limit=500)
    rows = reads.traders(seen, wanted).rows
    items = exact(client.get("/api/traders", params={"sort": "totalPnl", "limit": 500}))["items"]
    assert [item["address"] for item in items] == [row["address"] for row in rows]
    for item, row in zip(items, rows, strict=True):
        assert item["totalPnl"] == row["total_pnl"] and item["rarityScore"] == row["rarity_score"]
        assert item["profitFactor"] is None or float(item["profitFactor"]) == row["profit_factor"]


def test_trades_and_positions_are_exact(client: httpx.Client, seen: Store) -> None:
    row = reads.trader(seen, WALLET)
    assert row is not None
    trades = reads.trader_trades(seen, row["id"], reads.TradeFilter(limit=500)).rows
    items = exact(client.get(f"/api/traders/{WALLET}/trades", params={"limit": 500}))["items"]
    assert [(item["id"], item["shares"], item["price"], item["cash"]) for item in items] == [
        (str(trade["id"]), trade["shares"], trade["price"], trade["cash"]) for trade in trades
    ]
    held = exact(client.get(f"/api/traders/{WALLET}/positions", params={"state": "open"}))["items"]
    assert held and all(item["unrealizedPnl"] == item["value"] - item["cost"] for item in held)


def test_null_stays_null(client: httpx.Client) -> None:
    unscored = client.get(f"/api/traders/{address(5)}").json()
    assert (
        unscored["tier"]
        is unscored["rarityScore"]
        is unscored["totalPnl"]
        is unscored["boardRank"]
        is None
    )
    assert unscored["flags"] == [] and unscored["asOf"] is None
    last = client.get("/api/traders", params={"order": "asc", "limit": 500}).json()["items"][-1]
    assert last["rarityScore"] is None


def test_filters_mean_what_they_say(client: httpx.Client) -> None:
    query = {
        "tier": "B,C",
        "minEvents": 40,
        "hideFlagged": "true",
        "minPnl": 100,
        "minConfidence": 0.6,
    }
    every = client.get("/api/traders", params={"limit": 500}).json()["items"]
    body = client.get("/api/traders", params={**query, "limit": 500}).json()
    expected = [
        item["address"]
        for item in every
        if item["tier"] in ("B", "C")
        and item["eventCount"] >= 40
        and not item["flags"]
        and item["totalPnl"] >= 100
        and item["skillProb"] >= 0.6
    ]
    assert [item["address"] for item in body["items"]] == expected and body["total"] == len(
        expected
    ) > 3
    repeated = client.get(
        "/api/traders?tier=B&tier=C&minEvents=40&hideFlagged=true&minPnl=100&minConfidence=0.6&limit=500"
    )
    assert repeated.json()["items"] == body["items"]


FILTERS: list[tuple[str, dict[str, Any], Callable[[Any], Any]]] = [
    (
        "/api/markets",
        {"status": "OPEN", "minLiquidity": 500},
        lambda row: row["status"] == "OPEN" and (row["liquidity"] or 0) >= 500,
    ),
    (
        "/api/markets",
        {"smartOnly": "true", "category": "crypto"},
        lambda row: row["smartCount"] and row["category"] == "crypto",
    ),
    ("/api/markets", {"q": "final"}, lambda row: "final" in row["question"]),
    (
        "/api/markets/smart",
        {"lean": "YES,NO", "minCount": 4},
        lambda row: row["leanLabel"] in ("YES", "NO") and row["smartCount"] >= 4,
    ),
    (
        "/api/markets/68/holders",
        {"tier": "D", "outcome": 0},
        lambda row: row["tier"] == "D" and row["outcomeIndex"] == 0,
    ),
    ("/api/markets/68/trades", {"side": "SELL"}, lambda row: row["side"] == "SELL"),
    (
        f"/api/traders/{WALLET}/trades",
        {"side": "BUY", "q": "case"},
        lambda row: row["side"] == "BUY" and "case" in row["question"],
    ),
    (f"/api/traders/{WALLET}/positions", {"state": "closed"}, lambda row: row["closed"]),
    ("/api/alerts", {"ruleId": 2}, lambda row: row["ruleId"] == 2),
]


@pytest.mark.parametrize(
    "path, query, holds", FILTERS, ids=[f"{path} {' '.join(query)}" for path, query, _ in FILTERS]
)
def test_every_list_filters(
    client: httpx.Client, path: str, query: dict[str, Any], holds: Any
) -> None:
    whole = client.get(path, params={"limit": 500}).json()
    body = client.get(path, params={**query, "limit": 500}).json()
    assert 0 < body["total"] == len(body["items"]) < whole["total"]
    assert all(holds(item) for item in body["items"])
    assert len([item for item in whole["items"] if holds(item)]) == body["total"]


@pytest.mark.parametrize(
    "keys, path",
    [
        (reads.TraderSort, "/api/traders"),
        (reads.MarketSort, "/api/markets"),
        (reads.SmartSort, "/api/markets/smart"),
        (reads.PositionSort, f"/api/traders/{WALLET}/positions"),
    ],
)
def test_every_sort_key_of_the_reads_is_offered(client: httpx.Client, keys: Any, path: str) -> None:
    from smartmoney.api.wire import camel

    for key in keys:
        assert client.get(path, params={"sort": camel(key.name), "limit": 2}).status_code == 200, (
            key
        )


def test_limits_are_clamped(client: httpx.Client, world: Seed) -> None:
    assert (
        len(client.get("/api/traders", params={"limit": 10**9}).json()["items"])
        == world.size.traders
    )
    assert len(client.get("/api/traders", params={"limit": -3}).json()["items"]) == 1
    assert len(client.get("/api/markets/68/prices", params={"points": 0}).json()["items"]) == 2


def test_a_wallet_and_a_market_are_found_in_any_case(client: httpx.Client) -> None:
    upper = "0x" + WALLET[2:].upper()
    assert client.get(f"/api/traders/{upper}").json() == client.get(f"/api/traders/{WALLET}").json()
    market = client.get("/api/markets/68").json()
    assert client.get(f"/api/markets/{market['conditionId']}").json() == market
    assert [outcome["outcomeIndex"] for outcome in market["outcomes"]] == [0, 1]
    assert market["topSmartTraders"][0]["rarityScore"] is not None


@pytest.mark.parametrize(
    "path",
    [
        "/api/traders/0x" + "0" * 40,
        "/api/markets/999999",
        "/api/alert-rules/99",
        f"/api/traders/0x{'0' * 40}/trades",
        "/api/markets/999999/holders",
    ],
)
def test_what_is_not_there_is_404(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404 and response.json()["error"]["code"] == "not_found"


def test_text_of_strangers_comes_through_as_it_is(client: httpx.Client) -> None:
    found = {
        item["name"] for item in client.get("/api/traders", params={"limit": 500}).json()["items"]
    }
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[3]} <= found


def test_an_empty_database_reads_as_empty(acting: httpx.Client) -> None:
    body = {"asOf": None, "scoreVersion": None, "total": 0, "nextCursor": None, "items": []}
    for path in (
        "/api/traders",
        "/api/markets",
        "/api/markets/smart",
        "/api/watchlist",
        "/api/alerts",
        "/api/alert-rules",
    ):
        assert acting.get(path).json() == body, path
