"""What every kind of rule has: its parameters, typed and ranged, what it reads, when it fires, and what it then says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from smartmoney import ids
from smartmoney.alerts.dedupe import Dedupe
from smartmoney.alerts.inputs import Firing, RuleInputs, Span
from smartmoney.alerts.phrases import Names
from smartmoney.settings import Tier
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

QUIET = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


class RuleKind(StrEnum):
    """What a rule watches."""

    trader_moves = "trader_moves"
    market_crosses = "market_crosses"
    consensus = "consensus"
    tier_changes = "tier_changes"
    market_resolves = "market_resolves"
    stream_stale = "stream_stale"


class Direction(StrEnum):
    """Which way a value must move."""

    up = "up"
    down = "down"
    either = "either"


def _address(text: str) -> str:
    if not ids.is_address(address := text.strip().lower()):
        raise ValueError(ids.NO_ADDRESS)
    return address


def _market(text: str) -> str:
    if not (ids.is_condition(key := text.strip().lower()) or ids.INTERNAL.fullmatch(key)):
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

    A kind of rule is a subclass: its fields are the parameters, and it says what it reads, when it fires, and in what words.

    Attributes:
        kind, horizon: which kind it is, and how late a row may come and still fire.
        price_cap: nothing fires on outcomes dearer than this, USD per share; they say little.
        cooldown_minutes: the least time between two alerts on the same wallet and market.
        event_minutes: the least time between alerts on two markets of one event for one wallet; 0 is off.
        quiet_hours: UTC range such as 22:00-07:00 in which messages wait; the feed does not.
        most_per_run, most_per_day: caps; what lies beyond is dropped and counted.
        targets: labels of the targets that get a message; None is all of them, an empty list the in-app feed alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    kind: ClassVar[RuleKind]
    horizon: ClassVar[timedelta] = timedelta(hours=24)

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

    @property
    def window(self) -> timedelta:
        """How far back the rows lie that one firing may add up."""
        return timedelta(0)

    @property
    def memory(self) -> timedelta:
        """How far back earlier alerts still matter."""
        return max(self.window, timedelta(minutes=max(self.cooldown_minutes, self.event_minutes)))

    def read(self, store: Store, span: Span) -> RuleInputs:
        """Everything the rule reads, known at `span.now`.

        Raises:
            ParameterError: it is too much.
        """
        raise NotImplementedError

    def evaluate(self, rule_id: int, inputs: RuleInputs, dedupe: Dedupe) -> None:
        """Offer every firing, in the order of time."""
        raise NotImplementedError

    def sentence(self, firing: Firing, names: Names) -> str:
        """What happened, in one line."""
        raise NotImplementedError

    def known_since(self, known: Mapping[str, datetime | None]) -> datetime | None:
        """Since when what the rule reads is known; the epoch when it always is."""
        return known["tiers"] if getattr(self, "tiers", ()) else EPOCH


class MarketRule(Options):
    """A kind of rule that watches markets."""

    markets: tuple[Market, ...] = Field((), max_length=100)
    watched_markets: bool = False

    @property
    def all_markets(self) -> bool:
        """Does the rule look at every market?"""
        return not self.markets and not self.watched_markets

    def market_ids(self, store: Store) -> list[int] | None:
        """Ids of the markets the rule names; None is all."""
        return (
            None
            if self.all_markets
            else store_alerts.market_ids(store, self.markets, self.watched_markets)
        )


class WalletRule(Options):
    """A kind of rule that watches wallets."""

    wallets: tuple[Address, ...] = Field((), max_length=150)
    tiers: tuple[Tier, ...] = Field((), max_length=6)
    watched: bool = False

    @model_validator(mode="after")
    def _someone(self) -> Self:
        if not (self.wallets or self.tiers or self.watched):
            raise ValueError("The rule names nobody: give wallets, tiers, or watched=true.")
        return self
