"""What each list may be asked for: names, types, bounds; anything else is refused. Limits are clamped."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import CoreSchema, core_schema

from smartmoney.api.wire import camel
from smartmoney.store import reads
from smartmoney.store.filters import LONGEST_CURSOR, LONGEST_TEXT, MOST_ROWS
from smartmoney.store.reads import HolderSort

Key = TypeVar("Key", bound=Enum)
WITHOUT_CONTROLS = r"^[^\x00-\x1f\x7f]*$"


class SortKey:
    """Annotation: one of a list's sort keys, in camelCase."""

    def __init__(self, keys: type[Enum]) -> None:
        self.names = {camel(name): name for name in keys.__members__}

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Only these words."""
        return core_schema.literal_schema(list(self.names))


def key_of(keys: type[Key], name: str) -> Key:
    """The sort key whose camelCase name is `name`."""
    return next(key for key in keys if camel(key.name) == name)


def _words(value: Any) -> Any:
    """`tier=S,A` means what `tier=S&tier=A` means."""
    return (
        [word for part in value for word in str(part).split(",")]
        if isinstance(value, list)
        else value
    )


def _yes(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _whole(value: Any) -> Any:
    """Digits only: no blanks, underscores or fractions."""
    if not isinstance(value, str):
        return value
    digits = value.removeprefix("-")
    return int(value) if digits.isascii() and digits.isdigit() else "no digits"


Flag = Annotated[bool, BeforeValidator(_yes), Field(strict=True)]
Limit = Annotated[int, BeforeValidator(_whole)]
Days = Annotated[int, Field(ge=1, le=3_650), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=1, le=1_000_000), BeforeValidator(_whole)]
Place = Annotated[int, Field(ge=0, le=255), BeforeValidator(_whole)]
Id = Annotated[int, Field(ge=1, le=2**31 - 1), BeforeValidator(_whole)]
Usd = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Depth = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Chance = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=WITHOUT_CONTROLS)]
Cursor = Annotated[str, Field(max_length=LONGEST_CURSOR, pattern=r"^[A-Za-z0-9_-]+$")]
Tiers = Annotated[
    list[Literal["S", "A", "B", "C", "D", "E"]], BeforeValidator(_words), Field(max_length=6)
]
Statuses = Annotated[
    list[Literal["OPEN", "CLOSED", "RESOLVED"]], BeforeValidator(_words), Field(max_length=3)
]
Leans = Annotated[
    list[Literal["YES", "NO", "MIXED", "INSUFFICIENT"]],
    BeforeValidator(_words),
    Field(max_length=4),
]
Sides = Annotated[list[Literal["BUY", "SELL"]], BeforeValidator(_words), Field(max_length=2)]
Unset = SkipJsonSchema[None]


class Query(BaseModel):
    """Base of all queries: camelCase names, and no others."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid")


class ListQuery(Query):
    """What every paged list takes."""

    order: Literal["asc", "desc"] = Field(
        "desc", description="Direction; rows without a value come last either way."
    )
    limit: Limit = Field(
        50, description=f"Rows per page; pulled into 1 to {MOST_ROWS}.", examples=[50]
    )
    cursor: Cursor | Unset = Field(
        None, description="`nextCursor` of the page before; goes with the same sort and order."
    )
    format: Literal["json", "csv"] = Field(
        "json",
        description="csv: every row of the filter in one file; limit and cursor do not apply.",
    )

    def filters(self) -> reads.ListFilter:
        """The filter of the read."""
        raise NotImplementedError

    def page(self) -> dict[str, Any]:
        """The values every filter takes."""
        return {"descending": self.order == "desc", "limit": self.limit, "cursor": self.cursor}


class TraderQuery(ListQuery):
    """The list of traders."""

    q: Text = Field(
        "", description="Part of a name, or the start of an address.", examples=["0x5668"]
    )
    tier: Tiers = Field(
        [],
        description="Any of these tiers; repeat it or separate by commas.",
        examples=[["S", "A"]],
    )
    category: Text = Field("", description="Best category.", examples=["politics"])
    active_days: Days | Unset = Field(
        None, description="Traded within so many days.", examples=[30]
    )
    min_events: Count | Unset = Field(None, description="At least so many events.", examples=[10])
    min_pnl: Usd | Unset = Field(
        None, description="Total PnL of at least so many USD.", examples=[1000]
    )
    min_confidence: Chance | Unset = Field(
        None, description="`skillProb` of at least this.", examples=[0.9]
    )
    hide_flagged: Flag = Field(False, description="Leave out wallets with any flag.")
    scored_only: Flag = Field(False, description="Leave out wallets not scored yet.")
    sort: Annotated[str, SortKey(reads.TraderSort)] = Field("rarityScore", description="Sorted by.")

    def filters(self) -> reads.TraderFilter:
        """The filter of the read."""
        return reads.TraderFilter(
            sort=key_of(reads.TraderSort, self.sort),
            text=self.q,
            tiers=tuple(self.tier),
            category=self.category,
            active_days=self.active_days,
            min_events=self.min_events,
            min_pnl=self.min_pnl,
            min_confidence=self.min_confidence,
            hide_flagged=self.hide_flagged,
            scored_only=self.scored_only,
            **self.page(),
        )


class PositionQuery(ListQuery):
    """A trader's positions."""

    q: Text = Field("", description="Part of the market's question.")
    state: Literal["open", "closed"] | Unset = Field(
        None, description="Only open or only closed positions."
    )
    category: Text = Field("", description="The market's category.", examples=["crypto"])
    sort: Annotated[str, SortKey(reads.PositionSort)] = Field(
        "marketValue", description="Sorted by."
    )

    def filters(self) -> reads.PositionFilter:
        """The filter of the read."""
        return reads.PositionFilter(
            sort=key_of(reads.PositionSort, self.sort),
            text=self.q,
            category=self.category,
            states=(self.state,) if self.state else (),
            **self.page(),
        )


class TradeQuery(ListQuery):
    """A trader's trades, by time."""

    q: Text = Field("", description="Part of the market's question.")
    side: Sides = Field([], description="BUY or SELL.", examples=[["BUY"]])

    def filters(self) -> reads.TradeFilter:
        """The filter of the read."""
        return reads.TradeFilter(text=self.q, sides=tuple(self.side), **self.page())


class MarketTradeQuery(ListQuery):
    """A market's trades, by time."""

    side: Sides = Field([], description="BUY or SELL.", examples=[["BUY"]])
    tier: Tiers = Field([], description="Only of traders in these tiers.", examples=[["S", "A"]])

    def filters(self) -> reads.TradeFilter:
        """The filter of the read."""
        return reads.TradeFilter(sides=tuple(self.side), tiers=tuple(self.tier), **self.page())


class MarketQuery(ListQuery):
    """The list of markets."""

    q: Text = Field(
        "",
        description="Part of the question, or the start of a condition id.",
        examples=["election"],
    )
    status: Statuses = Field(
        [], description="Any of these; repeat it or separate by commas.", examples=[["OPEN"]]
    )
    category: Text = Field("", description="Category.", examples=["politics"])
    min_liquidity: Depth | Unset = Field(
        None, description="Liquidity of at least so many USD.", examples=[10000]
    )
    ends_within_days: Days | Unset = Field(
        None, description="Ends in the future, within so many days."
    )
    smart_only: Flag = Field(False, description="Only markets that hold smart money.")
    sort: Annotated[str, SortKey(reads.MarketSort)] = Field("volume24h", description="Sorted by.")

    def filters(self) -> reads.MarketFilter:
        """The filter of the read."""
        return reads.MarketFilter(
            sort=key_of(reads.MarketSort, self.sort),
            text=self.q,
            statuses=tuple(self.status),
            category=self.category,
            min_liquidity=self.min_liquidity,
            ends_within_days=self.ends_within_days,
            smart_only=self.smart_only,
            **self.page(),
        )


class SmartQuery(ListQuery):
    """The list of smart markets."""

    q: Text = Field("", description="Part of the question.", examples=["election"])
    lean: Leans = Field([], description="Any of these leans.", examples=[["YES", "NO"]])
    status: Statuses = Field(
        [], description="Any of these; repeat it or separate by commas.", examples=[["OPEN"]]
    )
    category: Text = Field("", description="Category.", examples=["politics"])
    min_liquidity: Depth | Unset = Field(None, description="Liquidity of at least so many USD.")
    min_count: Count | Unset = Field(
        None, description="`smartCount` of at least this.", examples=[3]
    )
    sort: Annotated[str, SortKey(reads.SmartSort)] = Field("smartScore", description="Sorted by.")

    def filters(self) -> reads.SmartFilter:
        """The filter of the read."""
        return reads.SmartFilter(
            sort=key_of(reads.SmartSort, self.sort),
            text=self.q,
            leans=tuple(self.lean),
            statuses=tuple(self.status),
            category=self.category,
            min_liquidity=self.min_liquidity,
            min_count=self.min_count,
            **self.page(),
        )


class HolderQuery(ListQuery):
    """A market's holders."""

    tier: Tiers = Field([], description="Only of traders in these tiers.", examples=[["S", "A"]])
    outcome: Place | Unset = Field(None, description="Only holders of the outcome with this index.")
    sort: Annotated[str, SortKey(HolderSort)] = Field("marketValue", description="Sorted by.")

    def filters(self) -> reads.HolderFilter:
        """The filter of the read."""
        return reads.HolderFilter(
            sort=key_of(HolderSort, self.sort),
            tiers=tuple(self.tier),
            outcome_index=self.outcome,
            **self.page(),
        )


class CurveQuery(Query):
    """A curve over time."""

    points: Limit = Field(
        500,
        description="Most points; pulled into 2 to 2,000. The newest is always kept.",
        examples=[500],
    )


class AlertQuery(ListQuery):
    """The list of alerts, by time."""

    q: Text = Field("", description="Part of the sentence.")
    rule_id: Id | Unset = Field(None, description="Only of this rule.", examples=[1])

    def filters(self) -> reads.AlertFilter:
        """The filter of the read."""
        return reads.AlertFilter(text=self.q, rule_id=self.rule_id, **self.page())
