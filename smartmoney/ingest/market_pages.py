"""How the pages that sync_markets reads are stored, each in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from smartmoney.ingest import pages
from smartmoney.ingest.open_list import SOURCE
from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.polymarket.pages import FeedPage
from smartmoney.polymarket.types import InterestRecord, MarketRecord, PricePoint, ResolutionRecord
from smartmoney.store import streams
from smartmoney.store.db import PostgresConnection
from smartmoney.store.markets import catalog, prices


def keep_markets(
    connection: PostgresConnection[Any],
    outcome: SyncOutcome,
    key: str,
    page: FeedPage[MarketRecord],
    at: datetime,
    note: dict[str, Any] | None,
) -> None:
    """Markets, quarantine and cursor; a page that ends the reading moves no cursor."""
    saved = catalog.save_markets(connection, page.rows, at)
    outcome.count("markets", len(page.rows), saved)
    pages.keep(connection, page, SOURCE, key, outcome)
    if page.stop is None:
        streams.advance(
            connection,
            SOURCE,
            key,
            cursor=page.next_cursor,
            cursor_params=page.params,
            note=note,
        )


def keep_history(
    connection: PostgresConnection[Any],
    outcome: SyncOutcome,
    condition: str,
    page: FeedPage[PricePoint],
) -> int:
    """New prices of before; returns how many."""
    seconds, picos = [row.ts for row in page.rows], [row.price_pico for row in page.rows]
    new = prices.save_history(connection, condition, seconds, picos)
    pages.keep(connection, page, "prices", condition, outcome)
    return new


def keep_resolutions(
    connection: PostgresConnection[Any], outcome: SyncOutcome, page: FeedPage[ResolutionRecord]
) -> None:
    """Payouts of closed markets."""
    outcome.count("resolutions", len(page.rows))
    outcome.add("markets resolved", catalog.save_resolutions(connection, page.rows))
    pages.keep(connection, page, "resolutions", "by condition", outcome)


def keep_interest(
    connection: PostgresConnection[Any], outcome: SyncOutcome, page: FeedPage[InterestRecord]
) -> None:
    """Open interest of markets."""
    catalog.save_interest(connection, page.rows)
    outcome.count("open interests", len(page.rows))
    pages.keep(connection, page, "open interest", "by condition", outcome)
