"""The population: the union of the boards (categories x periods x orders), each to a set depth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import product
from typing import Any

from smartmoney.errors import ApiRefused, ShapeChanged, WalkStuck
from smartmoney.ingest import pages
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.polymarket import endpoints
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.wallets import population

SOURCE = "leaderboard"
CATEGORIES = (
    "overall",
    "politics",
    "sports",
    "esports",
    "crypto",
    "culture",
    "mentions",
    "weather",
    "economics",
    "tech",
    "finance",
)
PERIODS = ("day", "week", "month", "all")
ORDERS = ("PNL", "VOLUME")
TRADER_STREAMS = ("trades", "positions")


def sync_leaderboard(
    store: Store,
    client: Client,
    settings: Settings,
    depth: int | None = None,
    categories: list[str] | None = None,
    periods: list[str] | None = None,
    progress: Progress = silent,
) -> SyncOutcome:
    """Take the traders of the boards into the population; whoever is new is due at once.

    Boards move while they are read: a wallet may repeat or be skipped, so a board is a snapshot, noted as
    approximate where that was seen, and nobody is ever removed for not being on it.

    Args:
        store: as `sm_ingest`.
        client: asks the API.
        settings: POPULATION_DEPTH.
        depth: traders per board; the setting when None.
        categories, periods: boards to read; all when None.
        progress: told after each board.

    Raises:
        TemporaryError: the API is away; boards read before are stored.
        StopStream: every board failed.
    """
    outcome = SyncOutcome()
    boards = list(product(categories or CATEGORIES, periods or PERIODS, ORDERS))
    with store.session() as connection:
        for number, (category, period, order) in enumerate(boards, 1):
            name = f"{category}/{period}/{order}"
            try:
                walk = endpoints.leaderboard(
                    client, category, period, order, depth or settings.population_depth
                )
                _board(connection, name, walk, outcome)
            except (ApiRefused, ShapeChanged, WalkStuck) as error:
                streams.fail(connection, SOURCE, name, str(error), 0)
                outcome.fail(name, str(error))
                if len(outcome.failed) == len(boards):
                    raise
            progress(number, len(boards), f"board {category} {period} {order}")
    return outcome


def _board(
    connection: PostgresConnection[Any],
    name: str,
    walk: Iterable[endpoints.FeedPage[Any]],
    outcome: SyncOutcome,
) -> None:
    at, seen, came = datetime.now(UTC), set[str](), 0
    for page in walk:
        addresses = [row.trader.address for row in page.rows]
        pages.committed(connection, outcome, _keep, name, page, at)
        seen, came = seen | set(addresses), came + len(addresses)
    with connection.transaction():
        streams.advance(
            connection, SOURCE, name, cursor=None, note={"approximate": came > len(seen)}
        )
        streams.complete(connection, SOURCE, name, watermark=at, due_in_s=0)
    if came > len(seen):
        outcome.note(
            f"Board {name} moved while it was read ({came - len(seen)} wallets came twice): approximate."
        )
    outcome.read["boards"] += 1


def _keep(
    connection: PostgresConnection[Any],
    outcome: SyncOutcome,
    name: str,
    page: endpoints.FeedPage[Any],
    at: datetime,
) -> None:
    saved = population.save_board(connection, name, page.rows, at)
    outcome.count("traders", len(page.rows), saved)
    pages.keep(connection, page, SOURCE, name, outcome)
    _enroll(connection, [row.trader.address for row in page.rows], outcome)


def _enroll(
    connection: PostgresConnection[Any], addresses: list[str], outcome: SyncOutcome
) -> None:
    for source in TRADER_STREAMS:
        outcome.add(f"{source} streams", streams.enroll(connection, source, addresses))
