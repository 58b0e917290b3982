"""Prices of markets over time: what we saw at each look where it changed, and what the API tells of before.

A look that finds the price of the look before writes nothing. So a row holds from its `ts` on: to its `seen_until`, or, the newest one, to
the market's `priced_at`. After a time without looks a row is written though the price is the same, since nobody knows what it
was meanwhile. Of a market that nobody is in or watches a price a day is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg import Connection

from smartmoney.store.bulk import Bulk, Merge
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
LONGEST_PAUSE = timedelta(minutes=30)
"""Between two looks further apart the price may have been anything."""
NOBODYS = timedelta(days=1)


@dataclass(frozen=True)
class Look:
    """What is known of a market's price before a look.

    Attributes:
        at, price: of the newest row of our own; None where there is none.
        holds: that row holds until the newest look, for which it need not be written again.
        priced_at: when the market was looked at last.
        matters: somebody is in the market, or watches it.
    """

    at: datetime | None
    price: Decimal | None
    holds: bool
    priced_at: datetime | None
    matters: bool


NOTHING = Look(None, None, False, None, False)


def last_looks(connection: Connection[Any], conditions: Sequence[str]) -> dict[str, Look]:
    """What was seen of these markets so far, by condition id; unknown ones are left out."""
    found = SQL.run(connection, "last_looks", conditions=list(conditions)).fetchall()
    return {condition: Look(*rest) for condition, *rest in found}


def note_looks(
    connection: Connection[Any],
    looks: Sequence[tuple[int, Decimal | None]],
    before: Mapping[int, Look],
    at: datetime,
) -> int:
    """Write the prices that a look found changed, or that follow a time without looks; returns how many.

    Args:
        connection: as `sm_ingest`.
        looks: market ids and prices of the first outcome, USD a share.
        before: what `last_looks` gave before this look was stored, by market id.
        at: of this look.
    """
    rows: list[dict[str, Any]] = []
    ended: list[tuple[int, datetime, datetime]] = []
    for market_id, price in looks:
        known = before.get(market_id, NOTHING)
        newest = max((each for each in (known.at, known.priced_at) if each), default=None)
        if price is None or (newest and at <= newest):
            continue  # another look overtook this one
        more = _says_more(known, price, at)
        if more:
            until = None if known.matters else at
            row = {"market_id": market_id, "ts": at, "price": price, "source": "gamma"}
            rows.append({**row, "seen_until": until})
        if known.at and known.holds and (more or not known.matters):
            ended.append((market_id, known.at, max(known.at, known.priced_at or known.at)))
    if ended:
        ids, since, last = ([row[part] for row in ended] for part in range(3))
        SQL.run(connection, "end_looks", markets=ids, since=since, until=last)
    kept = dict.fromkeys(("price", "source", "seen_until"), Merge.KEEP)
    return len(Bulk(connection).upsert("market_price", ["market_id", "ts"], rows, merge=kept))


def _says_more(known: Look, price: Decimal, at: datetime) -> bool:
    if known.at is None:
        return True
    if not known.matters:
        return price != known.price and at - known.at >= NOBODYS
    if not known.holds or known.priced_at is None:
        return True
    return price != known.price or at - known.priced_at > LONGEST_PAUSE


def history_due(connection: Connection[Any], again_days: int, limit: int) -> dict[str, str]:
    """First token by condition id of markets whose price history is due: watched ones, then those smart money is in.

    Args:
        connection: as `sm_ingest`.
        again_days: an open market is asked for again after so many days, so that what was missed while nobody looked is
            filled in.
        limit: most markets.
    """
    return dict(SQL.run(connection, "due", days=again_days, limit=limit).fetchall())


def save_history(
    connection: Connection[Any], condition_id: str, seconds: Sequence[int], picos: Sequence[int]
) -> int:
    """Add prices of the first outcome (1e-12 USD per share, at Unix seconds); returns how many were new."""
    given = {"condition_id": condition_id, "seconds": list(seconds), "picos": list(picos)}
    return SQL.run(connection, "save", **given).rowcount


def note_history(connection: Connection[Any], condition_id: str) -> None:
    """Note that a market's history was asked for."""
    SQL.run(connection, "note", condition_id=condition_id)
