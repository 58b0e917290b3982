"""What every walk does with a page: keep what cannot be read, note the shape, and say when the API drifts."""

from __future__ import annotations

import logging
from typing import Any

from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.polymarket.endpoints import Page
from smartmoney.store.db import PostgresConnection
from smartmoney.store.streams import quarantine

log = logging.getLogger(__name__)


def keep(
    connection: PostgresConnection[Any],
    page: Page[Any],
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
