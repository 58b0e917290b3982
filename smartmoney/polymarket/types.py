"""What one row of the API becomes: exact, typed, cleaned. Parsed in `records`, written by `smartmoney.store`.

Units: `*_micro` are integer millionths (of a USD, or of a share); `price_pico` is an integer of 1e-12 USD per share.
Times are Unix seconds, UTC. Addresses and hashes are lower case. None means that the API did not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["BUY", "SELL"]
Status = Literal["OPEN", "CLOSED", "RESOLVED"]
PositionStatus = Literal["OPEN", "REDEEMABLE", "CLOSED"]


@dataclass(frozen=True, slots=True)
class TraderRecord:
    """A wallet as a board, a holder list or a profile shows it. Texts are free text chosen by the trader."""

    address: str
    name: str = ""
    pseudonym: str = ""
    x_username: str = ""
    verified: bool | None = None


@dataclass(frozen=True, slots=True)
class BoardRecord:
    """One row of a leaderboard."""

    trader: TraderRecord
    rank: int | None
    pnl_micro: int | None
    volume_micro: int | None


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """One outcome of a market. `payout_micro` is set once the market has resolved, by a route that knows."""

    token_id: str
    outcome_index: int
    name: str
    price_pico: int | None = None
    payout_micro: int | None = None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """A question group."""

    gamma_id: str
    slug: str
    title: str
    category: str | None
    tags: tuple[str, ...] = ()
    neg_risk: bool = False
    neg_risk_market_id: str | None = None
    end_ts: int | None = None
    closed: bool = False
    volume_micro: int | None = None
    liquidity_micro: int | None = None


@dataclass(frozen=True, slots=True)
class MarketRecord:
    """One resolvable question with its outcomes, in the order of their indices.

    `neg_risk_market_id` groups the questions of a negative-risk event, and `created_ts` tells which of them existed
    at a moment. `settled_micro` is what the outcomes of a closed market pay, where its final prices tell.
    """

    condition_id: str
    gamma_id: str | None
    slug: str
    question: str
    outcomes: tuple[OutcomeRecord, ...]
    event: EventRecord | None = None
    description: str = ""
    category: str | None = None
    status: Status = "OPEN"
    neg_risk: bool = False
    neg_risk_market_id: str | None = None
    question_id: str | None = None
    version: str = ""
    created_ts: int | None = None
    settled_micro: tuple[int, ...] | None = None
    group_item_title: str | None = None
    fee_rate_micro: int | None = None
    liquidity_micro: int | None = None
    volume_micro: int | None = None
    volume_24h_micro: int | None = None
    price_pico: int | None = None
    best_bid_pico: int | None = None
    best_ask_pico: int | None = None
    last_trade_price_pico: int | None = None
    price_change_24h_pico: int | None = None
    start_ts: int | None = None
    end_ts: int | None = None
    closed_ts: int | None = None
    resolved_ts: int | None = None
    open_interest_micro: int | None = None


@dataclass(frozen=True, slots=True)
class ResolutionRecord:
    """How a market resolved: payout per outcome index, micro-units; fractions where it was split.

    Named by `condition_id`, or where that is "" by `question_id`. `resolved_ts` is None where no time was told,
    and `source` says which field of which route told the payouts.
    """

    condition_id: str
    resolved_ts: int | None
    payouts_micro: tuple[int, ...]
    source: str = ""
    question_id: str = ""


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What the chain knows of a token; `payout_micro` is set once its market has resolved.

    `structural_id` is the condition of the Protocol V2 market the token belongs to, where it belongs to one.
    """

    token_id: str
    condition_id: str
    outcome_index: int
    outcome: str
    payout_micro: int | None
    structural_id: str | None = None


@dataclass(frozen=True, slots=True)
class InterestRecord:
    """Open interest of a market: full sets of shares outstanding, a dollar each."""

    condition_id: str
    value_micro: int


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price (1e-12 USD per share) at a second; `step_s` 0 marks an exact tick, such as a payout."""

    ts: int
    price_pico: int
    step_s: int


@dataclass(frozen=True, slots=True)
class MarketStub:
    """What an activity row says of its market: enough to store the row before the market itself was fetched."""

    condition_id: str
    token_id: str | None
    outcome_index: int | None
    outcome: str = ""
    title: str = ""
    slug: str = ""
    event_slug: str = ""
    is_combo: bool = False


@dataclass(frozen=True, slots=True)
class FillRecord:
    """One fill of one wallet. `cash_micro` (fees in it) is None where the route does not report it."""

    address: str
    ts: int
    tx_hash: str
    side: Side
    size_micro: int
    price_pico: int
    cash_micro: int | None
    market: MarketStub


@dataclass(frozen=True, slots=True)
class ActivityRecord:
    """Any activity that is not a fill. `kind` is one of ours or 'OTHER'; `raw_kind` is the API's own word.

    A conversion names no market but the negative-risk group it took place in: `group` is its negRiskMarketID.
    """

    address: str
    ts: int
    tx_hash: str
    kind: str
    raw_kind: str
    size_micro: int | None
    cash_micro: int | None
    market: MarketStub | None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class ComboLeg:
    """One condition of a combo: which market has to end how."""

    index: int
    condition_id: str
    token_id: str
    outcome_index: int | None
    outcome: str
    title: str
    slug: str
    event_slug: str
    event_title: str
    status: str
    resolved_ts: int | None


@dataclass(frozen=True, slots=True)
class ComboRecord:
    """What the routes of combos tell of one: its legs, and what a share of it pays once that is known."""

    condition_id: str
    legs: tuple[ComboLeg, ...]
    payouts_micro: tuple[int, int] | None = None
    resolved_ts: int | None = None


@dataclass(frozen=True, slots=True)
class ComboActivity:
    """An activity in the life of a combo that the wallet's own activity does not show."""

    activity: ActivityRecord
    combo: ComboRecord


@dataclass(frozen=True, slots=True)
class ComboPosition:
    """A position in a combo as the API shows it."""

    position: PositionRecord
    combo: ComboRecord


@dataclass(frozen=True, slots=True)
class PositionRecord:
    """A position as the API shows it."""

    address: str
    status: PositionStatus
    shares_micro: int
    market: MarketStub
    avg_price_pico: int | None = None
    total_bought_micro: int | None = None
    current_price_pico: int | None = None
    value_micro: int | None = None
    realized_micro: int | None = None
    unrealized_micro: int | None = None
    last_event_ts: int | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read: why, and its raw text as it came.

    `fill` is what it says where only its market is missing, which its token may tell.
    """

    reason: str
    raw: bytes
    fill: FillRecord | None = None
