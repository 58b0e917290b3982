"""The list of traders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from smartmoney.schema import TIERS, TRADER, On, selected
from smartmoney.store.db import Store
from smartmoney.store.filters import (
    About,
    ListFilter,
    Sort,
    among,
    matching,
    sort_keys,
    switch,
    within,
)
from smartmoney.store.sql import Page, Statements
from smartmoney.store.stamp import stamp

SQL = Statements(__file__)
COLUMNS = selected(TRADER.on(On.LIST))
WINDOWS = (("1", "24 hours"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days"))
ANY_TIER = About("Any of these tiers; repeat it or separate by commas.", "Tier", "tier", ["S", "A"])


TraderSort = sort_keys("TraderSort", TRADER.on(On.LIST))


@dataclass(frozen=True, kw_only=True)
class TraderFilter(ListFilter):
    """The list of traders."""

    sort: Sort = TraderSort["tier"]
    text: str = matching(
        About("Part of a name, or the start of an address.", "name or 0x address", "q", "0x5668")
    )
    tiers: tuple[str, ...] = among(TIERS, ANY_TIER)
    category: str = matching(
        About("Category the wallet made most in.", "Made most in", example="politics")
    )
    good_at: str = matching(
        About("Good at this category: the edge there is no luck.", "Good at", example="politics")
    )
    active_days: int | None = within(
        None,
        1,
        3_650,
        About("Active within so many days.", "Active within", example=30, options=WINDOWS),
    )
    min_events: int | None = within(
        None, 1, 1_000_000, About("At least so many events that count.", "Min events", example=10)
    )
    min_pnl: float | None = within(
        None, -1e12, 1e12, About("Total PnL of at least so many USD.", "Min PnL, $", example=1000)
    )
    min_confidence: float | None = within(
        None, 0.0, 1.0, About("`skillProb` of at least this.", "Min P(skill)", example=0.9)
    )
    hide_flagged: bool = switch(About("Leave out wallets with any flag.", "Hide flagged"))
    scored_only: bool = switch(About("Leave out wallets not scored yet.", "Scored only"))


def traders(
    store: Store,
    filters: TraderFilter | None = None,
    *,
    counted: bool = True,
    as_of: datetime | None = None,
) -> Page:
    """One page of traders; columns as in the table `trader`. `as_of` is that of the newest scores unless given."""
    as_of = as_of or stamp(store).get("scores_as_of")
    return SQL.page(
        store, "traders", filters or TraderFilter(), counted=counted, as_of=as_of, columns=COLUMNS
    )


def sparklines(store: Store, trader_ids: Sequence[int]) -> dict[int, list[float]]:
    """Thirty days of total PnL in USD by trader id, oldest first."""
    rows = SQL.fetch(store, "sparklines", ids=list(trader_ids)) if trader_ids else []
    return {row["trader_id"]: [micro / 1e6 for micro in row["micro"]] for row in rows}
