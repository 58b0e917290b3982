"""The list of markets that smart money is in: what is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smartmoney.store import reads
from smartmoney.store.reads import Page, Row, SmartFilter
from smartmoney.widgets.listing import ListData, ListModel, with_values
from smartmoney.widgets.screens.smart_markets.columns import COLUMNS

MOST_MOVES = 12


@dataclass(frozen=True, eq=False, kw_only=True)
class SmartMarketsData(ListData):
    """The markets shown, and what moved in all of them.

    Attributes:
        categories: the categories there are.
        movers: the largest moves of the last 24 hours.
        hours: net USD per hour and tier.
        days: net USD per day and tier.
    """

    categories: tuple[str, ...] = ()
    movers: Sequence[Row] = ()
    hours: Sequence[Row] = ()
    days: Sequence[Row] = ()


class SmartMarketsModel(ListModel[SmartMarketsData]):
    """Markets that smart money is in, the highest smartScore first."""

    name = "smart_markets"
    title = "Smart markets"
    job = "calculate_smart_markets"
    jobs = ("calculate_rarity_scores", "calculate_smart_markets")
    data_class = SmartMarketsData
    filter_class = SmartFilter
    fetch = staticmethod(reads.smart_markets)
    columns = COLUMNS
    rows_called = "smart markets"

    def apply_query(self, query: str) -> None:
        """As every list; negative-risk events are one row each unless the address says otherwise."""
        super().apply_query(query)
        if "grouped=" not in query:
            self.filter = self.filter.but(grouped=True)

    def complete(self, page: Page) -> SmartMarketsData:
        """The markets with their net smart flow, and what moved."""
        store, ids = self.store, [row["id"] for row in page.rows]
        flows = reads.flow_sparklines(store, ids, self.settings.smart_tiers)
        return SmartMarketsData(
            page=with_values(page, "flow", flows),
            as_of=page.as_of,
            categories=self.data.categories or tuple(reads.categories(store)),
            movers=reads.smart_movers(store, size=MOST_MOVES),
            hours=reads.smart_flow_by_tier(store, "hour"),
            days=reads.smart_flow_by_tier(store, "day"),
        )

    def nothing_yet(self, data: SmartMarketsData) -> str:
        """Why the list is empty without any filter."""
        tiers = " or ".join(self.settings.smart_tiers)
        return (
            f"No market holds smart money: no unflagged wallet of tier {tiers} has $100 in one, or "
            "calculate_smart_markets has not run yet."
        )
