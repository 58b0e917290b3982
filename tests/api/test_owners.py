"""An owner's address leads to its trading wallet on every route of a trader; an unknown wallet is called so."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from smartmoney.store.db import Store
from smartmoney.store.wallets.fills import prepare

OWNER, WALLET, NOBODY, NEW = ("0x" + digits * 20 for digits in ("e0", "a1", "b2", "c3"))
NOW = 1_780_000_000
READS = ("", "/positions", "/trades", "/scores", "/daily", "/categories", "/positions?format=csv")


@pytest.fixture
def noted(store: Store, acting: httpx.Client) -> httpx.Client:
    """A client where a wallet, its owner and a wallet nobody has seen were read."""
    with store.raw() as connection:
        connection.execute(
            "insert into trader (address) values (%s), (%s), (%s)", [WALLET, NOBODY, OWNER]
        )
        connection.execute(
            "insert into wallet_owner (owner, wallet) values (%s, %s)", [OWNER, WALLET]
        )
        connection.execute(
            """insert into ingestion_state (source, key, note) values ('trades', %s, '{"wallet": "unknown"}')""",
            [NOBODY],
        )
    return acting


def error(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 404, response.text
    found: dict[str, Any] = response.json()["error"]
    return found


@pytest.mark.parametrize("path", [*READS, "/sync"])
@pytest.mark.parametrize("address", [OWNER, "0x" + OWNER[2:].upper()])
def test_an_owners_address_names_its_trading_wallet(
    noted: httpx.Client, address: str, path: str
) -> None:
    found = error(noted.get(f"/api/traders/{address}{path}"))
    assert (found["code"], found["tradingWallet"]) == ("owner_address", WALLET)
    assert found["message"] == (
        f"{OWNER} is an owner's address; its trading wallet is {WALLET}. "
        f"GET /api/traders/{WALLET} shows it."
    )
    assert noted.get(f"/api/traders/{WALLET}").status_code == 200


@pytest.mark.parametrize("path", READS)
def test_a_wallet_nobody_has_seen_differs_from_one_not_read_yet(
    noted: httpx.Client, path: str
) -> None:
    unknown = error(noted.get(f"/api/traders/{NOBODY}{path}"))
    assert unknown["code"] == "wallet_unknown" and "tradingWallet" not in unknown
    assert unknown["message"] == f"Polymarket has never seen {NOBODY} trade."
    new = error(noted.get(f"/api/traders/{NEW}{path}"))
    assert new["code"] == "not_found" and "POST" in new["message"]


def test_a_wallet_with_fills_is_no_owner_and_not_unknown(noted: httpx.Client, store: Store) -> None:
    with store.raw() as connection:
        for number, address in enumerate((OWNER, NOBODY)):
            prepare(connection, address, [], [NOW])
            connection.execute(
                """insert into trade (trader_id, market_id, outcome_id, ts, key, side, occurrence,
                                      size_micro, price_pico, cash_micro, tx_hash)
                select id, 1, 1, to_timestamp(%s), %s, 1, 1, 2, 0, 1, '' from trader where address = %s""",
                [NOW, number, address],
            )
    for address in (OWNER, NOBODY):
        assert noted.get(f"/api/traders/{address}").json()["address"] == address


def test_watching_an_owner_watches_its_trading_wallet(noted: httpx.Client) -> None:
    made = noted.post("/api/watchlist", json={"address": OWNER, "note": "whale"})
    assert (made.status_code, made.json()["address"]) == (201, WALLET)
    again = noted.post("/api/watchlist", json={"address": WALLET, "note": "same"})
    assert again.json()["id"] == made.json()["id"]
    refused = error(noted.post("/api/watchlist", json={"address": NOBODY}))
    assert refused["code"] == "wallet_unknown"
    assert [row["address"] for row in noted.get("/api/watchlist").json()["items"]] == [WALLET]


def test_syncing_an_owner_syncs_its_trading_wallet(noted: httpx.Client, store: Store) -> None:
    asked = noted.post(f"/api/traders/{OWNER}/sync")
    assert (asked.status_code, asked.json()["address"]) == (202, WALLET)
    assert [row["source"] for row in asked.json()["streams"]] == ["positions", "trades"]
    with store.raw() as connection:
        rows = connection.execute("select distinct key from ingestion_state order by 1").fetchall()
    assert rows == [(WALLET,), (NOBODY,)]
    assert noted.post(f"/api/traders/{NOBODY}/sync").status_code == 202


def test_a_rule_about_an_owner_is_told_the_trading_wallet(
    noted: httpx.Client, store: Store
) -> None:
    with store.raw() as connection:
        connection.execute("delete from trader where address = %s", [OWNER])
    rule = {"name": "x", "kind": "trader_moves", "parameters": {"wallets": [OWNER]}}
    refused = noted.post("/api/alert-rules", json=rule)
    assert refused.status_code == 422 and WALLET in refused.json()["error"]["message"]


def test_the_documentation_tells_them_apart(noted: httpx.Client) -> None:
    document = noted.get("/openapi.json").json()
    assert "tradingWallet" in document["components"]["schemas"]["Problem"]["properties"]
    for path, methods in document["paths"].items():
        if path.startswith("/api/traders/{address}"):
            about = methods["get"]["responses"]["404"]["description"]
            assert "owner_address" in about and "wallet_unknown" in about


@pytest.mark.parametrize("length", [6, 12, 42])
def test_an_owners_address_finds_its_wallet_in_the_list(noted: httpx.Client, length: int) -> None:
    found = noted.get("/api/traders", params={"q": OWNER[:length]}).json()
    assert WALLET in [row["address"] for row in found["items"]]
    assert not noted.get("/api/traders", params={"q": "0x" + "ee" * 20}).json()["items"]
