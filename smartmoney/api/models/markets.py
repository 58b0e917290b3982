"""Bodies about markets, named as the columns of the reads; prices are USD per share of the first outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from smartmoney.api.models.base import ADDRESS, CONDITION, Exact, Listed, Model, Side, Tier, said

Status = Literal["OPEN", "CLOSED", "RESOLVED"]
Lean = Literal["YES", "NO", "MIXED", "INSUFFICIENT"]
WHEN = "2026-11-22T14:00:00Z"


class MarketBase(Model):
    """What every list of markets shows."""

    id: int = said("Our number.", 68)
    question: str = said("The question: text, never markup.", "Will rates be cut in March?")
    slug: str = said("The platform's short name.", "rates-cut-march")
    event_id: int | None = said("Our number of its event.", 23)
    event_title: str | None = said("Title of its event.", "Rate decisions")
    category: str | None = said("Category.", "economics")
    status: Status = said(
        "RESOLVED is a fact that was fetched, never guessed from a price.", "OPEN"
    )
    neg_risk: bool = said("One of a family where NO of one converts to YES of the others.", False)
    price: Exact | None = said("Price of the first outcome.", 0.41)
    liquidity: Exact | None = said("USD.", 52_000)
    volume_24h: Exact | None = said("USD in 24 hours.", 8_400)
    end_date: datetime | None = said("When it is to end.", WHEN)
    smart_count: int | None = said("Smart wallets in it; null: not computed.", 5)
    smart_score: float | None = said(
        "smartWeighted times ln(1 + liquidity / 10,000): attention, unsigned.", 21.4
    )
    smart_lean: float | None = said("-1 (NO) to 1 (YES); null under 3 wallets.", 0.44)
    lean_label: Lean | None = said("The lean in a word.", "YES")
    computed_at: datetime | None = said("When the smart statistics were computed.", WHEN)


class MarketRow(MarketBase):
    """A market in the list."""

    condition_id: str = said("Condition id.", CONDITION)
    price_change_24h: Exact | None = said("Change of the price in 24 hours.", 0.03)
    best_bid: Exact | None = said("Best bid.", 0.4)
    best_ask: Exact | None = said("Best ask.", 0.42)
    volume: Exact | None = said("USD ever traded.", 310_000)
    resolved_at: datetime | None = said("When it resolved.", None)
    priced_at: datetime | None = said("When the price was read.", WHEN)


class MarketList(Listed[MarketRow]):
    """A page of markets."""


class TopTrader(Model):
    """A smart wallet in the market."""

    address: str = said("Proxy wallet.", ADDRESS)
    name: str | None = said("Display name.", "alice")
    tier: Tier | None = said("Tier.", "S")
    rarity_score: int | None = said("0 to 99,999.", 99_900)
    side: str | None = said("YES (first outcome) or NO, by net exposure.", "YES")
    shares: float | None = said("Shares.", 1_200.5)
    avg_price: float | None = said("Average cost, USD per share.", 0.41)
    value: float | None = said("USD at the price of the moment.", 600.25)
    unrealized_pnl: float | None = said("USD.", 108.05)


class SmartFigures(Model):
    """The newest smart statistics of a market; see docs/metrics.md."""

    smart_weighted: float | None = said("Sum of skillProb times ln(1 + exposure / 100).", 11.5)
    smart_weighted_yes: float | None = said("Its YES part.", 8.3)
    smart_weighted_no: float | None = said("Its NO part.", 3.2)
    smart_share: float | None = said(
        "Smart exposure / all exposure; null under 50 % coverage.", 0.31
    )
    coverage: float | None = said("Share of holders we know.", 0.72)
    lean_lo: float | None = said("Lower end of the lean's interval.", 0.14)
    lean_hi: float | None = said("Upper end of the lean's interval.", 0.74)
    smart_score_classic: float | None = said("With ln(1 + liquidity / volume).", 3.8)
    smart_divergence: float | None = said("Price the smart lean implies, less the price.", 0.02)
    smart_price: Exact | None = said("Price when it was computed.", 0.4)
    top_smart_traders: list[TopTrader] = said("At most ten, by skillProb times exposure.")


class SmartRow(MarketBase, SmartFigures):
    """A market that smart money is in."""

    score_version: str = said("Version of the scoring.", "1")
    group_item_title: str | None = said("Its name within its event.", "March")


class SmartList(Listed[SmartRow]):
    """A page of smart markets."""


class OutcomeRow(Model):
    """An outcome of a market."""

    outcome_index: int | None = said("Its place; null: not labelled yet.", 0)
    name: str = said("Its name.", "Yes")
    token_id: str = said(
        "Token id, up to 78 digits: text.",
        "71321045679252212594626385532706912750332728571942532289631379312455583992563",
    )
    price: Exact | None = said("Its price.", 0.41)
    payout: Exact | None = said("What a share pays; null until resolved.", None)


class MarketDetail(MarketRow, SmartFigures):
    """One market with its outcomes and newest smart statistics."""

    description: str = said("How it resolves, in the platform's words.", "Resolves to Yes if ...")
    group_item_title: str | None = said("Its name within its event.", "March")
    last_trade_price: Exact | None = said("Last trade.", 0.41)
    start_date: datetime | None = said("When it began.", WHEN)
    closed_at: datetime | None = said("When trading ended.", None)
    resolution_source: str | None = said(
        "Where the resolution is looked up.", "https://example.org"
    )
    outcomes: list[OutcomeRow]


class HolderRow(Model):
    """A holder of a market."""

    address: str = said("Proxy wallet.", ADDRESS)
    name: str = said("Display name.", "alice")
    tier: Tier | None = said("Tier.", "A")
    rarity_score: int | None = said("0 to 99,999.", 99_120)
    skill_prob: float | None = said("Probability that the edge clears its costs.", 0.97)
    flags: list[str] = said("Flags.", [])
    outcome: str = said("Outcome held.", "Yes")
    outcome_index: int | None = said("Its place.", 0)
    shares: Exact = said("Shares.", 1_200.5)
    cost: Exact | None = said("What they cost, USD.", 492.2)
    avg_price: Exact | None = said("Average entry, USD per share.", 0.41)
    mark: Exact | None = said("Price of the moment, or the payout.", 0.5)
    value: Exact | None = said("USD at the mark.", 600.25)
    realized_pnl: Exact | None = said("USD.", 0)
    unrealized_pnl: Exact | None = said("USD.", 108.05)
    last_at: datetime | None = said("Last event on it.", WHEN)


class HolderList(Listed[HolderRow]):
    """A page of a market's holders."""


class PriceRow(Model):
    """A look at the price."""

    ts: datetime = said("When.", WHEN)
    price: Exact = said("Price of the first outcome.", 0.41)


class PriceList(Listed[PriceRow]):
    """Prices of the first outcome, oldest first."""


class SmartPoint(Model):
    """Smart statistics at one time."""

    computed_at: datetime = said("When.", WHEN)
    smart_count: int = said("Smart wallets.", 5)
    smart_weighted: float = said("Weighted by skill and size.", 11.5)
    smart_share: float | None = said("Null under 50 % coverage.", 0.31)
    smart_lean: float | None = said("-1 to 1.", 0.44)
    lean_lo: float | None = said("Lower end.", 0.14)
    lean_hi: float | None = said("Upper end.", 0.74)
    lean_label: Lean = said("In a word.", "YES")
    smart_score: float = said("Attention.", 21.4)
    price: Exact | None = said("Price then.", 0.4)


class FlowRow(Model):
    """Money of the smart tiers in a span of time."""

    bucket: datetime = said("Where the span begins.", WHEN)
    net: Exact = said("USD towards the first outcome.", 1_200)
    gross: Exact = said("USD moved.", 3_400)
    traders: int = said("Most wallets in one hour of it.", 3)


class SmartHistory(Listed[SmartPoint]):
    """Smart statistics of a market over time, oldest first, with the flow of the smart tiers."""

    smart_tiers: list[Tier] = said("Tiers that count as smart.", ["S", "A"])
    flow: list[FlowRow]


class MarketTradeRow(Model):
    """A fill in the market, of a wallet we follow."""

    id: str = said("64-bit key, as text.", "4611686018427387904")
    ts: datetime = said("When.", WHEN)
    side: Side = said("Seen from the wallet.", "BUY")
    shares: Exact = said("Shares.", 100)
    price: Exact = said("USD per share.", 0.41)
    cash: Exact = said("USD moved.", 41)
    outcome: str | None = said("Outcome traded.", "Yes")
    outcome_index: int | None = said("Its place.", 0)
    address: str = said("Proxy wallet.", ADDRESS)
    name: str = said("Display name.", "alice")
    tier: Tier | None = said("Tier.", "A")
    tx_hash: str = said("Transaction.", CONDITION)


class MarketTradeList(Listed[MarketTradeRow]):
    """A page of a market's trades, by time."""
