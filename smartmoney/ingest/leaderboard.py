"""The population: the union of the boards (categories x periods x orders), each to a set depth."""

from __future__ import annotations

from datetime import UTC, datetime

from smartmoney.ingest import pages
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.polymarket import endpoints
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store import catalog, streams
from smartmoney.store.db import Store

SOURCE = "leaderboard"
CATEGORIES = ("overall", "politics", "sports", "esports", "crypto", "culture", "mentions", "weather", "economics", "tech",
              "finance")
PERIODS = ("day", "week", "month", "all")
ORDERS = ("PNL", "VOLUME")
TRADER_STREAMS = ("trades", "positions")
HOLDERS_PER_TOKEN = 100


def sync_leaderboard(store: Store, client: Client, settings: Settings, depth: int | None = None,
                     categories: list[str] | None = None, periods: list[str] | None = None,
                     progress: Progress = silent) -> SyncOutcome:
    """Take the traders of the boards into the population; whoever is new is due at once.

    Boards move while they are read: a wallet may repeat or be skipped, so a board is a snapshot, marked approximate,
    and nobody is ever removed for not being on it.

    Args:
        store: as `sm_ingest`.
        client: asks the API.
        settings: POPULATION_DEPTH.
        depth: traders per board; the setting when None.
        categories, periods: boards to read; all when None.
        progress: told after each board.
    """
    outcome = SyncOutcome()
    boards = [(category, period, order) for category in categories or CATEGORIES for period in periods or PERIODS
              for order in ORDERS]
    for number, (category, period, order) in enumerate(boards, 1):
        _board(store, client, category, period, order, depth or settings.population_depth, outcome)
        progress(number, len(boards), f"board {category} {period} {order}")
    return outcome


def _board(store: Store, client: Client, category: str, period: str, order: str, depth: int, outcome: SyncOutcome) -> None:
    name = f"{category}/{period}/{order}"
    at = datetime.now(UTC)
    with store.raw(autocommit=True) as connection:
        for page in endpoints.leaderboard(client, category=category, period=period, order=order, depth=depth):
            with connection.transaction():
                saved = catalog.save_board(connection, name, page.rows, at)
                outcome.count("traders", len(page.rows), saved)
                pages.keep(connection, page, SOURCE, name, outcome)
                _enroll(connection, [row.trader.address for row in page.rows], outcome)
        with connection.transaction():
            streams.complete(connection, SOURCE, name, watermark=at, due_in_s=0)
    outcome.came["boards"] += 1


def _enroll(connection: object, addresses: list[str], outcome: SyncOutcome) -> None:
    for source in TRADER_STREAMS:
        outcome.add(f"{source} streams", streams.enroll(connection, source, addresses))  # type: ignore[arg-type]


def discover(store: Store, client: Client, settings: Settings, conditions: list[str] | None = None, markets: int = 50,
             progress: Progress = silent) -> SyncOutcome:
    """Add the holders of watched markets, and of the most traded open ones, to the population.

    Args:
        store, client, settings, progress: as of `sync_leaderboard`.
        conditions: condition ids; None takes watched markets and the `markets` most traded.
        markets: how many of the most traded open markets.
    """
    outcome = SyncOutcome()
    with store.raw(autocommit=True) as connection:
        wanted = conditions or catalog.interesting_conditions(connection, markets)
        for number, condition in enumerate(wanted, 1):
            for page in endpoints.holders(client, condition, limit=HOLDERS_PER_TOKEN):
                with connection.transaction():
                    outcome.count("holders", len(page.rows), catalog.save_traders(connection, page.rows, "holders"))
                    pages.keep(connection, page, "discover", condition, outcome)
                    _enroll(connection, [row.address for row in page.rows], outcome)
            progress(number, len(wanted), f"holders of {number} markets")
    return outcome
