"""The watchlist: wallets and markets with notes, used by rules, pages and the order of syncs."""

from __future__ import annotations

from smartmoney.errors import ParameterError
from smartmoney.store.addresses import market_key, wallet_address
from smartmoney.store.db import Store
from smartmoney.store.sql import Row, Statements
from smartmoney.store.wallets import owners

SQL = Statements(__file__)
LONGEST_NOTE = 2_000


def watchlist(store: Store) -> list[Row]:
    """What people watch, newest first."""
    return SQL.fetch(store, "watchlist")


def watched(
    store: Store, *, trader_id: int | None = None, market_id: int | None = None
) -> Row | None:
    """The entry of one trader, or of one market, on the watchlist: id and note; None when it is not watched."""
    return SQL.fetch_one(store, "watched", trader_id=trader_id, market_id=market_id)


def watch(store: Store, watch_id: int) -> Row | None:
    """One entry of the watchlist, or None."""
    return SQL.fetch_one(store, "watch", watch_id=watch_id)


def watch_trader(store: Store, address: str, note: str = "", who: str = "local") -> int:
    """Put a known wallet on the watchlist, or change its note; returns the id of the entry.

    Of an owner's address, the wallet it signs for is watched.

    Raises:
        ParameterError: the wallet is not known, or the note too long.
    """
    found = owners.standing(store, wallet_address(address))
    key = found.wallet
    if found.standing == "unknown":
        raise ParameterError(found.sentence(key))
    rows = SQL.fetch(store, "watch_trader", address=key, note=_note(note), who=who[:100])
    if not rows:
        raise ParameterError(f"The wallet {key} is not known yet; ask for a sync of it first.")
    return int(rows[0]["id"])


def watch_market(store: Store, market: str, note: str = "", who: str = "local") -> int:
    """Put a known market (number or condition id) on the watchlist, or change its note; returns its id.

    Raises:
        ParameterError: the market is not known, or the note too long.
    """
    key = market_key(market)
    rows = SQL.fetch(
        store,
        "watch_market",
        note=_note(note),
        who=who[:100],
        market_id=key["market_id"],
        condition_id=key["condition_id"],
    )
    if not rows:
        raise ParameterError(
            f"The market {market.strip()[:80]} is not known; sync_markets finds new ones."
        )
    return int(rows[0]["id"])


def unwatch(store: Store, watch_id: int) -> bool:
    """Take an entry off the watchlist; False when there is none."""
    return bool(SQL.fetch(store, "unwatch", watch_id=watch_id))


def _note(text: str) -> str:
    kept = "".join(letter for letter in text.strip() if letter.isprintable() or letter == "\n")
    if len(kept) > LONGEST_NOTE:
        raise ParameterError(
            f"A note has at most {LONGEST_NOTE:,} letters; this one has {len(kept):,}."
        )
    return kept
