"""More of the population: who holds, and who traded, the markets that are watched and the most traded ones."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from typing import Any

from smartmoney.errors import ApiRefused, ShapeChanged
from smartmoney.ingest import pages
from smartmoney.ingest.leaderboard import TRADER_STREAMS
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.polymarket import market_endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.pages import FeedPage
from smartmoney.polymarket.types import TraderRecord
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.markets import catalog
from smartmoney.store.wallets import population

SOURCE = "discover"
HOLDERS_PER_TOKEN = 100
REST_S = 3_600.0
"""A market is not asked for its holders and traders again within an hour."""


def discover(
    store: Store,
    client: Client,
    settings: Settings,
    conditions: list[str] | None = None,
    markets: int = 50,
    progress: Progress = silent,
) -> SyncOutcome:
    """Add the holders and traders of watched markets, and of the most traded ones, to the population.

    Args:
        store: as `sm_ingest`.
        client: asks the API.
        settings: of the installation.
        conditions: condition ids; None takes watched markets and the most traded ones, each once an hour.
        markets: how many besides the watched ones, where `conditions` is None.
        progress: told after each market.

    Raises:
        TemporaryError: the API is away; wallets found before are stored.
    """
    outcome = SyncOutcome()
    with store.session() as connection:
        wanted = conditions or catalog.interesting_conditions(connection, markets, REST_S)
        for number, condition in enumerate(wanted, 1):
            try:
                for page in chain(
                    market_endpoints.holders(client, condition, limit=HOLDERS_PER_TOKEN),
                    market_endpoints.tape(client, condition),
                ):
                    pages.committed(connection, outcome, _keep, condition, page)
                streams.complete(
                    connection, SOURCE, condition, watermark=datetime.now(UTC), due_in_s=REST_S
                )
            except (ApiRefused, ShapeChanged) as error:
                if isinstance(error, ShapeChanged) and not error.one_stream:
                    raise
                streams.fail(connection, SOURCE, condition, str(error), REST_S)
                outcome.fail(condition, str(error))
            progress(number, len(wanted), f"holders and traders of {number} markets")
    return outcome


def _keep(
    connection: PostgresConnection[Any],
    outcome: SyncOutcome,
    condition: str,
    page: FeedPage[TraderRecord],
) -> None:
    saved = population.save_traders(connection, page.rows, "holders")
    outcome.count("holders and traders", len(page.rows), saved)
    pages.keep(connection, page, SOURCE, condition, outcome)
    for source in TRADER_STREAMS:
        new = streams.enroll(connection, source, [row.address for row in page.rows])
        outcome.add(f"{source} streams", new)
