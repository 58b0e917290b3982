"""The list of markets: what is read."""

from __future__ import annotations

from dataclasses import dataclass

from smartmoney.store import reads
from smartmoney.store.reads import MarketFilter, Page
from smartmoney.widgets.listing import ListData, ListModel, with_values
from smartmoney.widgets.screens.markets.columns import COLUMNS


@dataclass(frozen=True, eq=False, kw_only=True)
class MarketsData(ListData):
    """The markets shown, and the categories there are."""

    categories: tuple[str, ...] = ()


class MarketsModel(ListModel[MarketsData]):
    """Every market, the most traded of the last 24 hours first."""

    name = "markets"
    title = "Markets"
    job = "sync_markets"
    jobs = ("sync_markets", "calculate_smart_markets")
    data_class = MarketsData
    filter_class = MarketFilter
    fetch = staticmethod(reads.markets)
    columns = COLUMNS
    rows_called = "markets"

    def complete(self, page: Page) -> MarketsData:
        """The markets with the trend of their price."""
        trends = reads.price_sparklines(self.store, [row["id"] for row in page.rows])
        return MarketsData(
            page=with_values(page, "trend", trends),
            as_of=page.as_of,
            categories=self.data.categories or tuple(reads.categories(self.store)),
        )
