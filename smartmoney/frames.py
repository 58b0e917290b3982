"""The data as pandas frames, one call each, through the read-only role.

    from smartmoney import traders, trades, positions, markets, smart_markets, scores, results

    traders(tier="S A")                     who, how good, how sure
    trades(address="0x…", since="2026-01-01")
    scores(as_of="2026-06-30")              what was known on that day

Columns, dtypes and units: docs/columns.md. Without rows a frame has its columns and dtypes all the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store, read_store
from smartmoney.store.frames import load_frame

Moment = str | date | datetime | None
MOST_ROWS = 1_000_000
"""A frame never grows past this unasked: it warns, and `limit=None` gives all there is."""


def traders(
    tier: str | None = None,
    min_events: int | None = None,
    address: str | None = None,
    limit: int | None = MOST_ROWS,
    store: Store | None = None,
) -> pd.DataFrame:
    """Wallets with their current score, the highest rarityScore first.

    Args:
        tier: tiers to keep, separated by spaces ("S A").
        min_events: least number of events behind the skill numbers.
        address: one wallet.
        limit: most rows; None for all.
        store: for tests; the read-only store of the process when not given.
    """
    return _load("traders", limit, store, tier=tier, min_events=min_events, address=_lower(address))


def scores(
    address: str | None = None,
    as_of: Moment = None,
    since: Moment = None,
    limit: int | None = MOST_ROWS,
    store: Store | None = None,
) -> pd.DataFrame:
    """The history of scores, by wallet, oldest first; with `as_of`, each wallet's score as it was known then.

    A score that did not change has no new row: what was known on a day is the newest row up to then.
    """
    return _load(
        "scores", limit, store, address=_lower(address), as_of=_moment(as_of), since=_moment(since)
    )


def results(
    address: str | None = None,
    since: Moment = None,
    until: Moment = None,
    category: str | None = None,
    limit: int | None = MOST_ROWS,
    store: Store | None = None,
) -> pd.DataFrame:
    """One row per wallet and event, the unit of skill: PnL, price paid, surprise and what it tells.

    Args:
        address: the wallet.
        since, until: when the wallet first entered the event; first moment included, first moment excluded.
        category: of the event.
        limit: most rows; None for all.
        store: for tests.
    """
    return _load(
        "results",
        limit,
        store,
        address=_lower(address),
        since=_moment(since),
        until=_moment(until),
        category=category,
    )


def trades(
    address: str | None = None,
    condition_id: str | None = None,
    since: Moment = None,
    until: Moment = None,
    limit: int | None = MOST_ROWS,
    store: Store | None = None,
) -> pd.DataFrame:
    """Fills in time order: of a wallet, of a market, of a span of time. Both sides of a match are rows of their own.

    Args:
        address: the wallet.
        condition_id: the market.
        since, until: first moment included, first moment excluded; a date, an ISO text, or an aware datetime.
        limit: most rows, the oldest first; None for all there are.
        store: for tests.
    """
    return _load(
        "trades",
        limit,
        store,
        address=_lower(address),
        condition_id=_lower(condition_id),
        since=_moment(since),
        until=_moment(until),
    )


def positions(
    address: str | None = None,
    condition_id: str | None = None,
    status: str | None = None,
    limit: int | None = MOST_ROWS,
    store: Store | None = None,
) -> pd.DataFrame:
    """Positions as the API showed them last; `status` is OPEN, REDEEMABLE or CLOSED.

    For a past day add up `trades(until=…)`: the API shows only what is held now.
    """
    return _load(
        "positions",
        limit,
        store,
        address=_lower(address),
        condition_id=_lower(condition_id),
        status=status,
    )


def markets(
    status: str | None = None,
    category: str | None = None,
    condition_id: str | None = None,
    limit: int | None = MOST_ROWS,
    store: Store | None = None,
) -> pd.DataFrame:
    """Markets, the most traded first; `status` is OPEN, CLOSED or RESOLVED."""
    return _load(
        "markets", limit, store, status=status, category=category, condition_id=_lower(condition_id)
    )


def smart_markets(
    condition_id: str | None = None,
    since: Moment = None,
    as_of: Moment = None,
    limit: int | None = MOST_ROWS,
    store: Store | None = None,
) -> pd.DataFrame:
    """Smart-market statistics over time, oldest first; with `as_of`, each market's newest row up to then."""
    return _load(
        "smart_markets",
        limit,
        store,
        condition_id=_lower(condition_id),
        since=_moment(since),
        as_of=_moment(as_of),
    )


def _load(name: str, limit: int | None, store: Store | None, **filters: object) -> pd.DataFrame:
    return load_frame(store or read_store(), name, filters, limit)


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None


def _moment(value: Moment) -> datetime | None:
    """An aware time; a date is its first moment, UTC."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else value.isoformat())
    except ValueError:
        raise ParameterError(
            f"{value!r} is no time; write 2026-06-30 or 2026-06-30T12:00:00+00:00."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
