"""What a token opens: the watchlist, alert rules, a sync; each visible at once, checked, and by name."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from smartmoney.store import reads
from smartmoney.store.db import Store

WALLET = "0x" + "ab" * 20
RULE: dict[str, Any] = {
    "name": "Tier S moves",
    "kind": "trader_moves",
    "parameters": {"tiers": ["S"], "min_usd": 5000},
}


@pytest.fixture
def known(store: Store, acting: httpx.Client) -> str:
    """A wallet that is known."""
    with store.raw() as connection:
        connection.execute("insert into trader (address) values (%s)", [WALLET])
        connection.execute(
            "insert into market (condition_id, question) values (%s, 'Will it?')", ["0x" + "1" * 64]
        )
    return WALLET


def problem(response: httpx.Response, status: int, words: str) -> None:
    assert response.status_code == status, response.text
    assert words in response.json()["error"]["message"]


def test_a_trader_is_watched_noted_and_let_go(acting: httpx.Client, known: str) -> None:
    made = acting.post(
        "/api/watchlist", json={"address": known.upper().replace("X", "x"), "note": "to watch"}
    )
    assert (
        made.status_code == 201
        and made.json()["address"] == known
        and made.json()["createdBy"] == "tester"
    )
    number = made.json()["id"]
    assert [row["id"] for row in acting.get("/api/watchlist").json()["items"]] == [number]
    assert (
        acting.post("/api/watchlist", json={"address": known, "note": "again"}).json()["id"]
        == number
    )
    changed = acting.put(
        f"/api/watchlist/{number}", json={"note": 'it\'s "quoted"; drop table watchlist; --'}
    )
    assert changed.json()["note"] == 'it\'s "quoted"; drop table watchlist; --'
    assert acting.delete(f"/api/watchlist/{number}").status_code == 204
    assert acting.get("/api/watchlist").json()["total"] == 0
    problem(acting.delete(f"/api/watchlist/{number}"), 404, "no such entry")
    problem(acting.put(f"/api/watchlist/{number}", json={"note": ""}), 404, "no such entry")


def test_a_market_is_watched(acting: httpx.Client, known: str) -> None:
    made = acting.post("/api/watchlist", json={"marketId": 1}).json()
    assert (made["marketId"], made["question"], made["address"]) == (1, "Will it?", None)


@pytest.mark.parametrize(
    "body, words",
    [
        ({}, "Give either"),
        ({"address": WALLET, "marketId": 1}, "Give either"),
        ({"address": "0x12"}, "address"),
        ({"marketId": "1"}, "marketId"),
        ({"marketId": 1, "note": "x" * 2_001}, "note"),
        ({"marketId": 1, "note": "\0"}, "note"),
        ({"marketId": 1, "extra": 1}, "There is no field 'extra'"),
        ({"marketId": 2**40}, "marketId"),
        ([], "body"),
        ("x", "body"),
    ],
)
def test_what_cannot_be_watched_is_refused(
    acting: httpx.Client, known: str, body: Any, words: str
) -> None:
    problem(acting.post("/api/watchlist", json=body), 422, words)


@pytest.mark.parametrize("body", [{"marketId": 77}, {"address": "0x" + "0" * 40}])
def test_what_is_not_known_cannot_be_watched(acting: httpx.Client, body: Any) -> None:
    problem(acting.post("/api/watchlist", json=body), 404, "not known here")


def test_the_watchlist_is_not_endless(acting: httpx.Client, store: Store, known: str) -> None:
    with store.raw() as connection:
        connection.execute(
            "insert into trader (address) select '0x' || lpad(to_hex(n), 40, '0') from generate_series(1, 500) as n"
        )
        connection.execute(
            "insert into watchlist (trader_id) select id from trader where address <> %s", [known]
        )
    problem(acting.post("/api/watchlist", json={"address": known}), 422, "500 entries")


def test_a_rule_is_made_replaced_and_deleted(acting: httpx.Client, reader: Store) -> None:
    made = acting.post("/api/alert-rules", json=RULE).json()
    assert (made["createdBy"], made["enabled"], made["fired"]) == ("tester", True, 0)
    assert acting.get(f"/api/alert-rules/{made['id']}").json() == made
    paused = {
        "name": "Quiet",
        "kind": "tier_changes",
        "parameters": {"watched": True},
        "enabled": False,
    }
    changed = acting.put(f"/api/alert-rules/{made['id']}", json=paused).json()
    assert changed["parameters"].items() >= paused["parameters"].items()
    assert (changed["name"], changed["kind"], changed["enabled"]) == (
        "Quiet",
        "tier_changes",
        False,
    )
    assert [row["name"] for row in reads.alert_rules(reader)] == ["Quiet"]
    assert acting.delete(f"/api/alert-rules/{made['id']}").status_code == 204
    problem(acting.delete(f"/api/alert-rules/{made['id']}"), 404, "no such alert rule")
    problem(acting.put(f"/api/alert-rules/{made['id']}", json=RULE), 404, "no such alert rule")


def test_a_rule_can_begin_paused(acting: httpx.Client) -> None:
    assert (
        acting.post("/api/alert-rules", json={**RULE, "enabled": False}).json()["enabled"] is False
    )


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\u0000b"}, "name"),
        ({"kind": "no_such"}, "kind"),
        ({"parameters": {"tiers": ["Z"]}}, "tiers"),
        ({"parameters": {"no": 1}}, "no parameter 'no'"),
        ({"parameters": {}}, "names nobody"),
        ({"parameters": {"wallets": [WALLET]}}, "There is no trader or market 0xabab"),
        ({"parameters": {"tiers": ["S"], "min_usd": -1}}, "min_usd"),
        ({"parameters": {"tiers": ["S"], "targets": ["\ud800"]}}, ""),
        ({"parameters": []}, "parameters"),
        ({"enabled": "yes"}, "enabled"),
        ({"id": 7}, "There is no field 'id'"),
        ({"parameters": {"tiers": ["S"], "targets": ["a\u0000b"]}}, ""),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    acting: httpx.Client, changed: dict[str, Any], words: str
) -> None:
    import json

    body = json.dumps({**RULE, **changed})
    response = acting.post(
        "/api/alert-rules", content=body, headers={"Content-Type": "application/json"}
    )
    problem(response, 422, words)
    assert acting.get("/api/alert-rules").json()["total"] == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1" + "0" * 5_000])
def test_numbers_that_are_none_are_refused(acting: httpx.Client, number: str) -> None:
    body = f'{{"name": "x", "kind": "trader_moves", "parameters": {{"tiers": ["S"], "min_usd": {number}}}}}'
    response = acting.post(
        "/api/alert-rules", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code in (400, 422), response.text
    assert acting.get("/api/alert-rules").json()["total"] == 0


def test_a_sync_puts_the_wallet_at_the_head_of_the_queue(
    acting: httpx.Client, store: Store
) -> None:
    assert acting.get(f"/api/traders/{WALLET}/sync").json() == {"address": WALLET, "streams": []}
    asked = acting.post(f"/api/traders/{WALLET}/sync")
    assert asked.status_code == 202
    assert [(row["source"], row["lastSuccessAt"]) for row in asked.json()["streams"]] == [
        ("positions", None),
        ("trades", None),
    ]
    with store.raw() as connection:
        rows = connection.execute(
            "select source, priority, due_at <= now() from ingestion_state order by source"
        ).fetchall()
    assert rows == [("positions", 100, True), ("trades", 100, True)]
    assert acting.get(f"/api/traders/{WALLET}").status_code == 200


def test_a_sync_of_one_stream(acting: httpx.Client) -> None:
    asked = acting.post(f"/api/traders/{WALLET}/sync", json={"sources": ["trades"]})
    assert [row["source"] for row in asked.json()["streams"]] == ["trades"]
    problem(acting.post(f"/api/traders/{WALLET}/sync", json={"sources": []}), 422, "sources")
    problem(
        acting.post(f"/api/traders/{WALLET}/sync", json={"sources": ["leaderboard"]}),
        422,
        "sources",
    )
