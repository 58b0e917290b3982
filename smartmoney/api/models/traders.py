"""Bodies about traders, named as the columns of the reads; money is USD, probabilities are 0 to 1."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from smartmoney.api.models.base import ADDRESS, CONDITION, Exact, Listed, Model, Side, Tier, said

Coverage = Literal["complete", "partial", "conflicted", "unchecked"]
WHEN = "2026-11-22T14:05:00Z"


class TraderRow(Model):
    """A trader in the list."""

    address: str = said("Proxy wallet, lower case.", ADDRESS)
    name: str = said("Display name, chosen by the trader: text, never markup.", "alice")
    pseudonym: str = said("Name the platform gave.", "Quiet-Harbor")
    verified: bool = said("Verified by the platform.", True)
    tier: Tier | None = said("S is the top 0.1 %; null: not scored yet.", "A")
    rarity_score: int | None = said(
        "0 to 99,999: rank by skill and skill-adjusted dollars.", 99_120
    )
    rarity_classic: int | None = said(
        "The simple composite, for comparison; never drives tiers.", 88_000
    )
    skill_edge: float | None = said(
        "Edge over the prices paid, percentage points at a 50-cent price.", 2.4
    )
    skill_lo: float | None = said("Lower end of its 90 % interval.", 1.1)
    skill_hi: float | None = said("Upper end of its 90 % interval.", 3.7)
    skill_prob: float | None = said("Probability that the edge clears its costs.", 0.97)
    q_value: float | None = said("Benjamini-Hochberg q against luck.", 0.03)
    realized_pnl: Exact | None = said("Closed lots and settled positions.", 41_250.12)
    unrealized_pnl: Exact | None = said("Open positions at the mark.", -310.5)
    total_pnl: Exact | None = said("Realized and unrealized.", 40_939.62)
    win_rate: float | None = said("Events won / events decided; see decidedEvents.", 0.61)
    decided_events: int | None = said("Events behind winRate.", 84)
    profit_factor: float | None = said("Gross gains / gross losses; null without losses.", 1.9)
    max_drawdown: float | None = said("Largest fall, as a fraction of peak capital employed.", 0.12)
    max_drawdown_usd: Exact | None = said("The same in USD.", 5_100)
    trade_count: int | None = said("Fills.", 1_204)
    event_count: int | None = said("Events traded.", 96)
    roi: float | None = said("PnL / capital put in.", 0.18)
    volume: Exact | None = said("USD traded.", 220_000)
    maker_share: float | None = said("Share of volume as maker.", 0.3)
    needs_events: int | None = said("Events missing until the evidence is enough.", 0)
    flags: list[str] = said("MM, BOT, WASH, FARM, ONE_EVENT, HEDGER, PARTIAL.", ["HEDGER"])
    best_category: str | None = said("Category with the largest PnL.", "politics")
    coverage: Coverage | None = said("How our figures agree with the platform's.", "complete")
    last_active_at: datetime | None = said("Newest trade.", WHEN)
    as_of: datetime | None = said("Validity time of this row's numbers.", WHEN)


class TraderList(Listed[TraderRow]):
    """A page of traders."""


class TraderDetail(TraderRow):
    """Everything the latest score says about one trader."""

    score_version: str | None = said("Version of the scoring.", "1")
    reasons: list[str] = said(
        "Why this tier, in words.", ["skillProb 0.97 passes the gate of 0.95"]
    )
    excess_hit: float | None = said("Hit rate by entry minus the average price paid.", 0.04)
    hhi: float | None = said("Herfindahl index of absolute event PnL.", 0.08)
    top_share: float | None = said("Largest event / absolute total PnL.", 0.22)
    stability: float | None = said("Lower bound of the share of good 30-day windows.", 0.6)
    coverage_reason: str | None = said("What is missing or disagrees.", None)
    x_username: str = said("Name on X, as the platform gives it.", "alice")
    found_by: str = said("How we came to know the wallet.", "leaderboard")
    first_seen_at: datetime = said("When we did.", WHEN)
    board: str | None = said("The leaderboard it stands highest on.", "overall/month/pnl")
    board_rank: int | None = said("Its rank there.", 12)
    trades_up_to: datetime | None = said("Its trades are complete up to then.", WHEN)


class PositionRow(Model):
    """A position: our ledger beside what the platform shows."""

    market_id: int = said("Our number of the market.", 68)
    question: str = said("The market's question.", "Will rates be cut in March?")
    category: str | None = said("The market's category.", "economics")
    outcome: str = said("The outcome held.", "Yes")
    outcome_index: int | None = said("Its place in the market; null: not labelled yet.", 0)
    market_status: str = said("OPEN, CLOSED or RESOLVED.", "OPEN")
    end_date: datetime | None = said("When the market is to end.", WHEN)
    resolved_at: datetime | None = said("When it resolved.", None)
    closed: bool = said("Nothing is held any more.", False)
    in_ledger: bool = said("False: only the platform shows it.", True)
    shares: Exact = said("Shares held.", 1_200.5)
    avg_price: Exact | None = said("Average cost, USD per share.", 0.41)
    cost: Exact | None = said("What the held shares cost.", 492.2)
    bought: Exact | None = said("USD ever paid for it.", 900)
    mark: Exact | None = said("Price it is valued at.", 0.5)
    value: Exact | None = said("Shares at the mark; null when closed or without a mark.", 600.25)
    realized_pnl: Exact | None = said("PnL of the shares disposed of.", 12.4)
    unrealized_pnl: Exact | None = said("Value less cost.", 108.05)
    last_at: datetime | None = said("Last event on it.", WHEN)


class PositionList(Listed[PositionRow]):
    """A page of a trader's positions."""


class TradeRow(Model):
    """A fill of the trader."""

    id: str = said("64-bit key, as text.", "4611686018427387904")
    ts: datetime = said("When.", WHEN)
    side: Side = said("Seen from the wallet.", "BUY")
    shares: Exact = said("Shares.", 100)
    price: Exact = said("USD per share, without fees.", 0.41)
    cash: Exact = said("USD moved.", 41)
    market_id: int = said("Our number of the market.", 68)
    question: str | None = said("The market's question.", "Will rates be cut in March?")
    category: str | None = said("Its category.", "economics")
    outcome: str | None = said("Outcome traded.", "Yes")
    outcome_index: int | None = said("Its place in the market.", 0)
    tx_hash: str = said("Transaction.", CONDITION)
    occurrence: int = said("1, 2, ... among equal fills of one transaction.", 1)


class TradeList(Listed[TradeRow]):
    """A page of a trader's trades, by time."""


class ScoreRow(Model):
    """What was known at that time."""

    as_of: datetime = said("Validity time.", WHEN)
    score_version: str = said("Version of the scoring.", "1")
    tier: Tier = said("Tier then.", "B")
    rarity_score: int | None = said("0 to 99,999.", 97_000)
    rarity_classic: int | None = said("The simple composite.", 80_000)
    realized_pnl: Exact | None = said("USD.", 40_000)
    unrealized_pnl: Exact | None = said("USD.", 100)
    total_pnl: Exact | None = said("USD.", 40_100)
    win_rate: float | None = said("Events won / decided.", 0.6)
    decided_events: int | None = said("Events behind winRate.", 80)
    profit_factor: float | None = said("Null without losses.", 1.8)
    max_drawdown: float | None = said("Fraction of peak capital employed.", 0.12)
    trade_count: int | None = said("Fills.", 1_100)
    event_count: int | None = said("Events.", 90)
    skill_prob: float | None = said("Probability that the edge clears its costs.", 0.95)
    skill_edge: float | None = said("Percentage points at a 50-cent price.", 2.2)
    skill_lo: float | None = said("Lower end, 90 %.", 0.9)
    skill_hi: float | None = said("Upper end, 90 %.", 3.5)
    q_value: float | None = said("Against luck.", 0.05)
    flags: list[str] = said("Flags then.", [])
    reasons: list[str] = said("Why that tier.", ["skillProb 0.95 passes the gate of 0.90"])
    coverage: str | None = said("Agreement with the platform's figures.", "complete")


class ScoreList(Listed[ScoreRow]):
    """Every score the trader ever had, oldest first."""


class DailyRow(Model):
    """One day of a trader."""

    day: date = said("UTC day.", "2026-11-22")
    realized_pnl: Exact = said("Realized that day, USD.", 120.5)
    total_pnl: Exact = said("Total PnL at the end of the day, USD.", 40_939.62)
    volume: Exact = said("USD traded.", 3_400)
    fills: int = said("Fills.", 14)


class DailyList(Listed[DailyRow]):
    """A trader's days, oldest first."""


class StreamRow(Model):
    """How far one stream of a trader is."""

    source: str = said("trades or positions.", "trades")
    due_at: datetime = said("When it is read next.", WHEN)
    leased: bool = said("True: being read now.", False)
    last_success_at: datetime | None = said("Last success.", WHEN)
    last_error_at: datetime | None = said("Last failure.", None)
    watermark: datetime | None = said("Complete up to then.", WHEN)


class SyncState(Model):
    """How far a trader's streams are."""

    address: str = said("Proxy wallet.", ADDRESS)
    streams: list[StreamRow]
