"""What every walk does with a page: keep what cannot be read, note the shape, and say when the API drifts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.polymarket.endpoints import FeedPage
from smartmoney.polymarket.types import ActivityRecord, BadRow, FillRecord, PositionRecord
from smartmoney.store import db
from smartmoney.store.db import PostgresConnection
from smartmoney.store.markets.spellings import conditions_of, known_spellings
from smartmoney.store.streams import quarantine

log = logging.getLogger(__name__)


Result = TypeVar("Result")
Activity = FeedPage[FillRecord | ActivityRecord]
Row = TypeVar("Row", FillRecord, ActivityRecord, PositionRecord, FillRecord | ActivityRecord)


def under_known_spelling(connection: PostgresConnection[Any], rows: Sequence[Row]) -> list[Row]:
    """The rows, each naming its market as it is stored: a condition of 31 bytes may be written in two ways."""
    known = known_spellings(connection, [row.market.condition_id for row in rows if row.market])
    if not known:
        return list(rows)
    return [_renamed(row, known) for row in rows]


def with_known_markets(connection: PostgresConnection[Any], page: Activity) -> Activity:
    """The page, in which a fill without a market has that of its token, where it is known."""
    unjoined = {row.fill.market.token_id for row in page.bad if row.fill}
    if not unjoined:
        return page
    known = conditions_of(connection, [token for token in unjoined if token])
    found, still = list[FillRecord](), list[BadRow]()
    for bad in page.bad:
        token = bad.fill.market.token_id if bad.fill else None
        if bad.fill and token in known:
            market = replace(bad.fill.market, condition_id=known[token])
            found.append(replace(bad.fill, market=market))
        else:
            still.append(bad)
    return replace(page, rows=[*page.rows, *found], bad=still)


def _renamed(row: Row, known: Mapping[str, str]) -> Row:
    if row.market is None or row.market.condition_id not in known:
        return row
    return replace(row, market=replace(row.market, condition_id=known[row.market.condition_id]))


def committed(
    connection: PostgresConnection[Any],
    outcome: SyncOutcome,
    write: Callable[..., Result],
    *arguments: Any,
) -> Result:
    """What `write` returns, from one transaction that is begun anew where other sessions were in its way.

    What it counts is told once it is committed.

    Whatever locks rows of several tables takes them in one order, by the key within each table: events, markets,
    outcomes, wallets, positions and fills, `api_shape`, `ingestion_state`. So no two writers wait in a circle.

    Args:
        connection: of a session.
        outcome: of the run.
        write: called with the connection, an outcome of its own, and the arguments; may be called several times.
        arguments: what it writes.

    Raises:
        StoreBusy: it was refused time and again.
    """

    def once() -> tuple[SyncOutcome, Result]:
        counted = SyncOutcome()
        return counted, write(connection, counted, *arguments)

    counted, result = db.committed(connection, once)
    outcome.merge(counted)
    return result


def keep(
    connection: PostgresConnection[Any],
    page: FeedPage[Any],
    source: str,
    key: str,
    outcome: SyncOutcome,
) -> None:
    """Quarantine the page's bad rows and note its shape, in the transaction of the page."""
    if page.bad:
        outcome.add("quarantined", quarantine.keep(connection, source, key, page.bad))
        outcome.note(
            f"{len(page.bad)} rows of {page.route} could not be read and are in quarantine, "
            f"the first because: {page.bad[0].reason}."
        )
    for name, kind in quarantine.seen(connection, page.route, page.fields, page.expected):
        log.warning("%s has a field it had not: %s (%s)", page.route, name, kind)
        outcome.note(f"{page.route} has drifted: {name} ({kind}) is new.")
