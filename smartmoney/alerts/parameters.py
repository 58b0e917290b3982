"""The kinds of rules there are, and the parameters each takes: typed, ranged, with the common options."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from smartmoney.settings import Tier

ADDRESS = re.compile(r"0x[0-9a-f]{40}")
MARKET = re.compile(r"0x[0-9a-f]{62,64}|[0-9]{1,9}")
QUIET = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


class RuleKind(StrEnum):
    """What a rule watches."""

    trader_moves = "trader_moves"
    market_crosses = "market_crosses"
    consensus = "consensus"
    tier_changes = "tier_changes"
    market_resolves = "market_resolves"
    stream_stale = "stream_stale"


class Action(StrEnum):
    """What a wallet does with a position."""

    opens = "opens"
    adds = "adds"
    closes = "closes"


class Measure(StrEnum):
    """Statistics of a market that can cross a level; names of columns of `market_smart_stats`."""

    smart_score = "smart_score"
    smart_lean = "smart_lean"
    smart_count = "smart_count"
    smart_divergence = "smart_divergence"


class Direction(StrEnum):
    """Which way a value must move."""

    up = "up"
    down = "down"
    either = "either"


LEVELS = {
    Measure.smart_score: (0, 100_000),
    Measure.smart_lean: (-1, 1),
    Measure.smart_count: (1, 100_000),
    Measure.smart_divergence: (-1, 1),
}


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(address := text.strip().lower()):
        raise ValueError("is no wallet address; one is 0x and 40 hexadecimal digits")
    return address


def _market(text: str) -> str:
    if not MARKET.fullmatch(key := text.strip().lower()):
        raise ValueError("is no market; give our number or a condition id (0x and 64 digits)")
    return key


def _quiet(text: str) -> str:
    if not QUIET.fullmatch(text) or text[:5] == text[6:]:
        raise ValueError("is no range of hours; write 22:00-07:00, in UTC")
    return text


Address = Annotated[str, AfterValidator(_address)]
Market = Annotated[str, AfterValidator(_market)]
Usd = Annotated[Decimal, Field(ge=1, le=1_000_000_000, decimal_places=2)]


class Options(BaseModel):
    """What every rule takes.

    Attributes:
        price_cap: nothing is told about outcomes dearer than this, USD per share; they say little.
        cooldown_minutes: the least time between two alerts on the same wallet and market.
        event_minutes: the least time between alerts on two markets of one event for one wallet; 0 is off.
        quiet_hours: UTC range such as 22:00-07:00 in which messages wait; the feed does not.
        most_per_run, most_per_day: caps; what lies beyond is dropped and counted.
        targets: labels of the targets told; None is all of them, an empty list the in-app feed alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    price_cap: float = Field(0.95, ge=0.5, le=1)
    cooldown_minutes: int = Field(30, ge=0, le=10_080)
    event_minutes: int = Field(360, ge=0, le=10_080)
    quiet_hours: Annotated[str, AfterValidator(_quiet)] | None = None
    most_per_run: int = Field(20, ge=1, le=200)
    most_per_day: int = Field(100, ge=1, le=1_000)
    targets: tuple[Annotated[str, Field(min_length=1, max_length=40)], ...] | None = Field(
        None, max_length=20
    )

    @property
    def cap(self) -> Decimal:
        """The price cap, exact."""
        return Decimal(str(self.price_cap))


class _Markets(Options):
    markets: tuple[Market, ...] = Field((), max_length=100)
    watched_markets: bool = False

    @property
    def all_markets(self) -> bool:
        """Does the rule look at every market?"""
        return not self.markets and not self.watched_markets


class _Wallets(Options):
    wallets: tuple[Address, ...] = Field((), max_length=150)
    tiers: tuple[Tier, ...] = Field((), max_length=6)
    watched: bool = False

    @model_validator(mode="after")
    def _someone(self) -> Self:
        if not (self.wallets or self.tiers or self.watched):
            raise ValueError("The rule names nobody: give wallets, tiers, or watched=true.")
        return self


class TraderMoves(_Wallets, _Markets):
    """A wallet opens, adds to, or closes a position above a size.

    Attributes:
        wallets, tiers, watched: who: these wallets, those of these tiers at that time, those on the
            watchlist.
        actions: which moves.
        min_usd: least size of a move: USD paid (opens, adds) or received (closes).
        within_minutes: fills of one wallet, outcome and side in this span are one move.
        markets, watched_markets: where; everywhere by default.
    """

    actions: tuple[Action, ...] = Field(tuple(Action), min_length=1)
    min_usd: Usd = Decimal(1_000)
    within_minutes: int = Field(60, ge=1, le=1_440)


class MarketCrosses(_Markets):
    """A statistic of a market crosses a level: up when it was below and is not now, down the other way."""

    measure: Measure
    level: float
    direction: Direction = Direction.up

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        low, high = LEVELS[self.measure]
        if not low <= self.level <= high:
            raise ValueError(
                f"{self.measure} lies between {low:,} and {high:,}; the level {self.level:g} is out of range."
            )
        return self


class Consensus(_Markets):
    """`wallets_needed` unflagged wallets of the tiers each net-buy one outcome for `min_usd` in a window."""

    wallets_needed: int = Field(3, ge=2, le=50)
    within_hours: int = Field(24, ge=1, le=168)
    min_usd: Usd = Decimal(100)
    tiers: tuple[Tier, ...] = Field(("S", "A"), min_length=1, max_length=6)


class TierChanges(_Wallets):
    """A wallet changes tier; with `tiers`, wallets that reach or leave one of them."""

    direction: Direction = Direction.either


class MarketResolves(_Markets):
    """A listed or watched market resolves; every one is told, also of one event."""

    watched_markets: bool = True
    event_minutes: int = Field(0, ge=0, le=10_080)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.all_markets:
            raise ValueError("The rule names no market: give markets, or watched_markets=true.")
        return self


class StreamStale(Options):
    """A scheduled job has not succeeded for `times` its interval; of these jobs, or of all."""

    jobs: tuple[Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")], ...] = Field((), max_length=20)
    times: float = Field(6, ge=1, le=1_000)


MODELS: dict[RuleKind, type[Options]] = {
    RuleKind.trader_moves: TraderMoves,
    RuleKind.market_crosses: MarketCrosses,
    RuleKind.consensus: Consensus,
    RuleKind.tier_changes: TierChanges,
    RuleKind.market_resolves: MarketResolves,
    RuleKind.stream_stale: StreamStale,
}
