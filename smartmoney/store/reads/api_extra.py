"""Small reads, and the writes to the watchlist, that only the REST API needs."""

from __future__ import annotations

from typing import Any

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store
from smartmoney.store.reads.base import Row, fetch, fetch_one, write
from smartmoney.store.reads.identity import wallet_address
from smartmoney.store.reads.trader import TradeFilter

MOST_COUNTED = 10_000
MOST_WATCHED = 500


def newest(store: Store) -> Row:
    """scores_as_of, score_version, markets_as_of, priced_at, trades_up_to; each None where there is none."""
    return fetch_one(store, "api_stamp") or {}


def trades_up_to(store: Store, address: str) -> Any:
    """Up to when the wallet's trades are complete, or None."""
    row = fetch_one(store, "api_trades_up_to", address=address)
    return row["watermark"] if row else None


def trade_count(
    store: Store, wanted: TradeFilter, *, trader_id: int | None = None, market_id: int | None = None
) -> int | None:
    """Fills of the filtered list, or None when there are more than 10,000."""
    bound = {
        **wanted.parameters(),
        "side_sign": wanted.side_sign,
        "trader_id": trader_id,
        "market_id": market_id,
    }
    total = int(fetch(store, "api_trade_count", **{**bound, "most": MOST_COUNTED + 1})[0]["total"])
    return total if total <= MOST_COUNTED else None


def watch(store: Store, watch_id: int) -> Row | None:
    """One entry of the watchlist, or None."""
    return fetch_one(store, "api_watch", watch_id=watch_id)


def add_watch(store: Store, *, address: str | None, market_id: int | None, note: str, who: str) -> int | None:
    """Watch a trader or a market.

    Returns:
        The entry's id, the old one where it was watched already; None for what is not known.

    Raises:
        ParameterError: neither or both are given, or 500 are watched already.
    """
    if (address is None) == (market_id is None):
        raise ParameterError("Give either the address of a trader or the marketId of a market to watch.")
    wallet = None if address is None else wallet_address(address)
    found = (
        fetch_one(store, "trader", address=wallet)
        if wallet
        else fetch_one(store, "market", market_id=market_id, condition_id=None)
    )
    if found is None:
        return None
    row = write(
        store,
        "api_add_watch",
        address=wallet,
        market_id=market_id,
        note=note,
        created_by=who,
        most=MOST_WATCHED,
    )
    if row is None:
        raise ParameterError(
            f"The watchlist holds {MOST_WATCHED} entries, as many as it may; remove one first."
        )
    return int(row["id"])


def change_watch(store: Store, watch_id: int, note: str) -> bool:
    """Change an entry's note; False when there is no such entry."""
    return write(store, "api_change_watch", watch_id=watch_id, note=note) is not None


def remove_watch(store: Store, watch_id: int) -> bool:
    """Stop watching; False when there is no such entry."""
    return write(store, "api_remove_watch", watch_id=watch_id) is not None


def alert_rule(store: Store, rule_id: int) -> Row | None:
    """One alert rule with how often it fired, or None."""
    return fetch_one(store, "api_alert_rule", rule_id=rule_id)
