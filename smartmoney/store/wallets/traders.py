"""The list of traders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from smartmoney.store.db import Store
from smartmoney.store.filters import ListFilter, Sort, among, within
from smartmoney.store.sql import Page, Statements
from smartmoney.store.stamp import stamp

SQL = Statements(__file__)
TIERS = ("S", "A", "B", "C", "D", "E")
STANDING = (
    "(trader.flags = '{}')::int::text || position(trader.tier in 'EDCBAS')"
    " || lpad(coalesce(trader.rarity_score, 0)::text, 6, '0')"
)
"""Orders wallets by tier, then score; whoever is flagged comes after all who are not."""


class TraderSort(Sort):
    """Keys the list of traders can be sorted by."""

    rarity_score = ("trader.rarity_score", "integer")
    rarity_classic = ("trader.rarity_classic", "integer")
    skill_edge = ("trader.skill_edge", "double precision")
    skill_prob = ("trader.skill_prob", "double precision")
    q_value = ("trader.q_value", "double precision")
    realized_pnl = ("trader.realized_pnl", "numeric")
    unrealized_pnl = ("trader.unrealized_pnl", "numeric")
    total_pnl = ("trader.total_pnl", "numeric")
    win_rate = ("trader.win_rate", "double precision")
    profit_factor = ("trader.profit_factor", "double precision")
    max_drawdown = ("trader.max_drawdown", "double precision")
    trade_count = ("trader.trade_count", "integer")
    event_count = ("trader.event_count", "integer")
    volume = ("trader.volume", "numeric")
    roi = ("trader.roi", "double precision")
    maker_share = ("trader.maker_share", "double precision")
    last_active_at = ("trader.last_active_at", "timestamptz")
    tier = (STANDING, "text")
    best_category = ("left(trader.best_category, 40)", "text")
    display_name = ("nullif(left(lower(trader.name), 40), '')", "text")


@dataclass(frozen=True, kw_only=True)
class TraderFilter(ListFilter):
    """What the list of traders may be asked for.

    Attributes:
        sort: a TraderSort key.
        tiers: any of S, A, B, C, D, E.
        category: best category.
        active_days: traded within so many days.
        min_events: at least so many events.
        min_pnl: total PnL of at least so many USD.
        min_confidence: skill probability of at least this, 0 to 1.
        hide_flagged: leave out wallets with any flag.
        scored_only: leave out wallets not scored yet.
    """

    sort: TraderSort = TraderSort.tier
    tiers: tuple[str, ...] = among(TIERS)
    category: str = ""
    active_days: int | None = within(None, 1, 3_650)
    min_events: int | None = within(None, 1, 1_000_000)
    min_pnl: float | None = within(None, -1e12, 1e12)
    min_confidence: float | None = within(None, 0.0, 1.0)
    hide_flagged: bool = False
    scored_only: bool = False


def traders(
    store: Store,
    filters: TraderFilter | None = None,
    *,
    counted: bool = True,
    as_of: datetime | None = None,
) -> Page:
    """One page of traders; columns as in the table `trader`. `as_of` is that of the newest scores unless given."""
    as_of = as_of or stamp(store).get("scores_as_of")
    return SQL.page(store, "traders", filters or TraderFilter(), counted=counted, as_of=as_of)


def sparklines(store: Store, trader_ids: Sequence[int]) -> dict[int, list[float]]:
    """Thirty days of total PnL in USD by trader id, oldest first."""
    rows = SQL.fetch(store, "sparklines", ids=list(trader_ids)) if trader_ids else []
    return {row["trader_id"]: [micro / 1e6 for micro in row["micro"]] for row in rows}
