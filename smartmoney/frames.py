"""The data as pandas frames, one call each, through the read-only role.

    from smartmoney import frames
    frames.traders(tier="S A")
    frames.trades(address="0x…", since="2026-01-01")
    frames.scores(as_of="2026-06-30")        what was known on that day

Columns, dtypes and units: docs/columns.md.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store, read_store
from smartmoney.store.frames import load_frame

Moment = str | datetime | None
MOST_TRADES = 1_000_000


def traders(
    tier: str | None = None,
    min_events: int | None = None,
    address: str | None = None,
    store: Store | None = None,
) -> pd.DataFrame:
    """Wallets with their current score, the highest rarityScore first.

    Args:
        tier: tiers to keep, separated by spaces ("S A").
        min_events: least number of events behind the skill numbers.
        address: one wallet.
        store: for tests; the read-only store of the process when not given.
    """
    return load_frame(
        store or read_store(), "traders", {"tier": tier, "min_events": min_events, "address": _lower(address)}
    )


def scores(address: str | None = None, as_of: Moment = None, store: Store | None = None) -> pd.DataFrame:
    """The history of scores, oldest first; with `as_of`, each wallet's score as it was known then."""
    history = load_frame(
        store or read_store(), "scores", {"address": _lower(address), "until": _moment(as_of)}
    )
    return history if as_of is None else history.groupby("address", sort=False).tail(1).reset_index(drop=True)


def trades(
    address: str | None = None,
    condition_id: str | None = None,
    since: Moment = None,
    until: Moment = None,
    limit: int | None = MOST_TRADES,
    store: Store | None = None,
) -> pd.DataFrame:
    """Fills in time order: of a wallet, of a market, of a span of time.

    Args:
        address: the wallet.
        condition_id: the market.
        since, until: first moment included, first moment excluded; a date, an ISO text, or an aware datetime.
        limit: most rows, the oldest first; None for all there are.
        store: for tests.
    """
    return load_frame(
        store or read_store(),
        "trades",
        {
            "address": _lower(address),
            "condition_id": _lower(condition_id),
            "since": _moment(since),
            "until": _moment(until),
        },
        limit,
    )


def positions(
    address: str | None = None,
    condition_id: str | None = None,
    status: str | None = None,
    store: Store | None = None,
) -> pd.DataFrame:
    """Positions as the API shows them now; `status` is OPEN, REDEEMABLE or CLOSED."""
    return load_frame(
        store or read_store(),
        "positions",
        {"address": _lower(address), "condition_id": _lower(condition_id), "status": status},
    )


def markets(
    status: str | None = None,
    category: str | None = None,
    condition_id: str | None = None,
    store: Store | None = None,
) -> pd.DataFrame:
    """Markets, the most traded first; `status` is OPEN, CLOSED or RESOLVED."""
    return load_frame(
        store or read_store(),
        "markets",
        {"status": status, "category": category, "condition_id": _lower(condition_id)},
    )


def smart_markets(
    condition_id: str | None = None, since: Moment = None, as_of: Moment = None, store: Store | None = None
) -> pd.DataFrame:
    """Smart-market statistics over time, oldest first; with `as_of`, each market's newest row up to then."""
    history = load_frame(
        store or read_store(),
        "smart_markets",
        {"condition_id": _lower(condition_id), "since": _moment(since), "until": _moment(as_of)},
    )
    return (
        history
        if as_of is None
        else history.groupby("condition_id", sort=False).tail(1).reset_index(drop=True)
    )


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None


def _moment(value: Moment) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ParameterError(
            f"{value!r} is no time; write 2026-06-30 or 2026-06-30T12:00:00+00:00."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
