"""How far the platform itself is behind: asked once a run, so that late news can be told from a late installation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from smartmoney.errors import ApiRefused, ApiUnavailable, ShapeChanged
from smartmoney.polymarket import endpoints
from smartmoney.polymarket.client import Client
from smartmoney.store import streams
from smartmoney.store.db import Store
from smartmoney.units import DAY_SECONDS

SOURCE, KEY = "platform", "status"


def note_lag(store: Store, client: Client) -> endpoints.PlatformLag | None:
    """Ask and store it; None where the API does not tell, which keeps nothing else from being read."""
    try:
        found = endpoints.platform_lag(client)
    except (ApiRefused, ApiUnavailable, ShapeChanged):
        return None
    known_to = datetime.now(UTC) - timedelta(seconds=found.seconds)
    note = {"lag_s": found.seconds, "worst": found.worst}
    with store.raw() as connection:
        streams.advance(connection, SOURCE, KEY, cursor=None, note=note)
        streams.complete(connection, SOURCE, KEY, watermark=known_to, due_in_s=DAY_SECONDS)
    return found
