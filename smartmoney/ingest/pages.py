"""What every walk does with a page: keep what cannot be read, note the shape, and say when the API drifts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.polymarket.endpoints import FeedPage
from smartmoney.polymarket.types import ActivityRecord, FillRecord, PositionRecord
from smartmoney.store.db import PostgresConnection
from smartmoney.store.markets.spellings import known_spellings
from smartmoney.store.streams import quarantine

log = logging.getLogger(__name__)


Row = TypeVar("Row", FillRecord, ActivityRecord, PositionRecord, FillRecord | ActivityRecord)


def under_known_spelling(connection: PostgresConnection[Any], rows: Sequence[Row]) -> list[Row]:
    """The rows, each naming its market as it is stored: a condition of 31 bytes may be written in two ways."""
    known = known_spellings(connection, [row.market.condition_id for row in rows if row.market])
    if not known:
        return list(rows)
    return [_renamed(row, known) for row in rows]


def _renamed(row: Row, known: Mapping[str, str]) -> Row:
    if row.market is None or row.market.condition_id not in known:
        return row
    return replace(row, market=replace(row.market, condition_id=known[row.market.condition_id]))


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
