"""The data as pandas frames, one call each, through the read-only role.

    from smartmoney import traders, trades, positions, markets, smart_markets, scores, results

    traders(tier="S A", category="politics")    who, how good, how sure
    trades(address="0x…", since="2026-01-01")
    traders(population="all")                   everybody on the chain, once `smartmoney chain score` ran
    positions(tier="S A", as_of="2026-06-30")   what they held on that day
    scores(as_of="2026-06-30")                  what was known on that day

Columns, dtypes, units and filters: docs/columns.md. Without rows a frame has its columns and dtypes all the same, and a
warning says why there are none, where that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import TypeVar

import pandas as pd

from smartmoney import plotting
from smartmoney.settings import load
from smartmoney.store.db import Store, read_store
from smartmoney.store.frame_tables import EVERYBODY, PAST, TABLES
from smartmoney.store.frames import load_frame

Words = str | Sequence[str] | None
"""One word, several in one text with blanks between them, or a list."""
Moment = str | date | datetime | None
"""A date (its first moment), an ISO text, or a time; UTC where it names no zone."""
MOST_ROWS = 1_000_000
"""A frame never grows past this unasked: it warns, and `limit=None` gives all there is."""

Frames = TypeVar("Frames", bound=Callable[..., pd.DataFrame])
_store: ContextVar[Store | None] = ContextVar("_store", default=None)


@contextmanager
def reading_from(store: Store) -> Iterator[None]:
    """Within it frames come from another database than that of the settings.

    Args:
        store: its read-only store.
    """
    token = _store.set(store)
    try:
        yield
    finally:
        _store.reset(token)


def _documented(function: Frames) -> Frames:
    """Add to a frame's function what its filters mean, from where they are described."""
    filters = [(name, one.means) for name, one in TABLES[function.__name__].filters.items()]
    if function.__name__ == "positions":
        filters.append(("as_of", PAST.filters["as_of"].means))
    if function.__name__ == "traders":
        filters.append(("population", EVERYBODY.filters["population"].means))
    lines = [f"    {name}: {means}" for name, means in filters]
    more = "\n        ".join(["Args:", *lines, "    limit: Most rows; None for all."])
    function.__doc__ = f"{(function.__doc__ or '').rstrip()}\n\n        {more}\n"
    return function


plotting.install()


@_documented
def traders(
    tier: Words = None,
    address: Words = None,
    text: str | None = None,
    category: Words = None,
    good_at: Words = None,
    flagged: bool | None = None,
    min_events: int | None = None,
    min_pnl: float | None = None,
    min_prob: float | None = None,
    population: str = "followed",
    limit: int | None = MOST_ROWS,
) -> pd.DataFrame:
    """Wallets with their current score, the highest rarityScore first."""
    asked = locals()
    if EVERYBODY.read({"population": asked.pop("population")}) == {"population": "followed"}:
        return _load("traders", **asked)
    from smartmoney.population.reading import load_population  # Parquet takes a moment to load

    return load_population(load().smartmoney_home / "population", **asked)


@_documented
def scores(
    address: Words = None,
    tier: Words = None,
    since: Moment = None,
    until: Moment = None,
    as_of: Moment = None,
    limit: int | None = MOST_ROWS,
) -> pd.DataFrame:
    """The history of scores, by wallet, oldest first; with `as_of`, each wallet's score as it was known then.

    What was known on a day is the newest row up to then: its verdict is exact, its numbers are up to a day older.
    """
    return _load("scores", **locals())


@_documented
def results(
    address: Words = None,
    tier: Words = None,
    since: Moment = None,
    until: Moment = None,
    category: Words = None,
    limit: int | None = MOST_ROWS,
) -> pd.DataFrame:
    """One row per wallet and event, the unit of skill: PnL, price paid, surprise and what it tells."""
    return _load("results", **locals())


@_documented
def trades(
    address: Words = None,
    tier: Words = None,
    condition_id: Words = None,
    category: Words = None,
    since: Moment = None,
    until: Moment = None,
    limit: int | None = MOST_ROWS,
) -> pd.DataFrame:
    """Fills in time order. Both sides of a match are rows of their own."""
    return _load("trades", **locals())


@_documented
def positions(
    address: Words = None,
    tier: Words = None,
    condition_id: Words = None,
    category: Words = None,
    status: Words = None,
    as_of: Moment = None,
    limit: int | None = MOST_ROWS,
) -> pd.DataFrame:
    """Positions as the API showed them last; with `as_of`, what was held then, replayed from the activity up to it."""
    asked = locals()
    if as_of is None:
        return _load("positions", **{key: value for key, value in asked.items() if key != "as_of"})
    from smartmoney.books.past import load_past  # the compiled ledger takes a second to load

    return load_past(_store.get() or read_store(), **asked)


@_documented
def markets(
    status: Words = None,
    category: Words = None,
    condition_id: Words = None,
    text: str | None = None,
    ends_after: Moment = None,
    ends_before: Moment = None,
    min_volume: float | None = None,
    limit: int | None = MOST_ROWS,
) -> pd.DataFrame:
    """Markets, the most traded first."""
    return _load("markets", **locals())


@_documented
def smart_markets(
    condition_id: Words = None,
    category: Words = None,
    since: Moment = None,
    until: Moment = None,
    as_of: Moment = None,
    limit: int | None = MOST_ROWS,
) -> pd.DataFrame:
    """Smart-market statistics over time, oldest first; with `as_of`, each market's newest row up to then."""
    return _load("smart_markets", **locals())


def _load(name: str, *, limit: int | None, **filters: object) -> pd.DataFrame:
    return load_frame(_store.get() or read_store(), name, filters, limit)
