"""A walk that nothing in the product needs, and that shows what a walk does on a feed newest first."""

from __future__ import annotations

from collections.abc import Iterator

from smartmoney.polymarket import records, walks
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.pages import FeedPage, Route, pages
from smartmoney.polymarket.types import FillRecord

TRADES: Route[FillRecord] = Route(
    "data", "/v2/trades", walks.v2_page, records.fill, ("proxy_wallet", "timestamp")
)


def newest_first(client: Client, user: str) -> Iterator[FeedPage[FillRecord]]:
    """A wallet's fills, newest first."""
    params = {"user": user, "taker_only": False, "filter_amount": 0, "limit": client.page_rows}
    return pages(client, TRADES, walks.Walk(params))
