"""The list of traders: what is read."""

from __future__ import annotations

from dataclasses import dataclass

from smartmoney.store import reads
from smartmoney.store.reads import Page, TraderFilter
from smartmoney.widgets.listing import ListData, ListModel, with_values
from smartmoney.widgets.screens.traders.columns import COLUMNS


@dataclass(frozen=True, eq=False, kw_only=True)
class TradersData(ListData):
    """The traders shown, and the categories there are."""

    categories: tuple[str, ...] = ()


class TradersModel(ListModel[TradersData]):
    """Every trader, the best tier first, then the highest rarityScore; the flagged last."""

    name = "traders"
    title = "Traders"
    job = "calculate_rarity_scores"
    jobs = ("sync_leaderboard", "calculate_rarity_scores")
    data_class = TradersData
    filter_class = TraderFilter
    fetch = staticmethod(reads.traders)
    columns = COLUMNS
    rows_called = "traders"

    def complete(self, page: Page) -> TradersData:
        """The traders with the trend of their total PnL."""
        trends = reads.sparklines(self.store, [row["id"] for row in page.rows])
        return TradersData(
            page=with_values(page, "trend", trends),
            as_of=page.as_of,
            categories=self.data.categories or tuple(reads.categories(self.store)),
        )
