"""Bodies of what people edit: the watchlist, alert rules; and the alerts that came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from smartmoney.alerts.kinds import MODELS, RuleKind
from smartmoney.api.models.base import ADDRESS, Exact, Listed, Model, described, field
from smartmoney.api.params import WITHOUT_CONTROLS
from smartmoney.ids import ANY_CASE_ADDRESS
from smartmoney.schema import MARKET, OUTCOME, TRADER

WHEN = "2026-11-22T14:00:00Z"
MOST_RULES = 200


def _a_number(value: Any) -> Any:
    if isinstance(value, str | bool):
        raise ValueError("give a number")
    return value


Note = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]
Name = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, pattern=WITHOUT_CONTROLS, strip_whitespace=True
    ),
]
Address = Annotated[str, StringConstraints(pattern=f"^{ANY_CASE_ADDRESS}$")]
MarketNumber = Annotated[int, Field(ge=1, le=999_999_999), BeforeValidator(_a_number)]
KINDS = "; ".join(f"{kind}: {', '.join(model.model_fields)}" for kind, model in MODELS.items())
Parameters = Annotated[
    dict[str, Any], Field(max_length=40, description=f"What the kind takes. {KINDS}.")
]


class WatchRow(Model):
    """An entry of the watchlist: a trader or a market."""

    id: int = field("Number of the entry.", 1)
    address: str | None = described(TRADER["address"].perhaps("a market is watched"))
    name: str | None = described(TRADER["name"].perhaps("a market is watched"))
    tier: str | None = described(TRADER["tier"])
    market_id: int | None = described(MARKET["id"].perhaps("a trader is watched"))
    question: str | None = described(MARKET["question"].perhaps("a trader is watched"))
    note: str = field("Your note.", "to watch")
    created_by: str = field("Who added it.", "local")
    created_at: datetime = field("When.", WHEN)


class WatchList(Listed[WatchRow]):
    """The watchlist, newest first."""


def either(description: str, example: Any) -> Any:
    """One of two fields: absent is None, but null is no value of it."""
    return Field(None, description=description, examples=[example])


class WatchNew(Model):
    """Either the address of a trader or the number of a market."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["address"]}, {"required": ["marketId"]}]}
    )

    address: Address = either("A trader we know.", ADDRESS)
    market_id: MarketNumber = either("A market we know.", 68)
    note: Note = Field("", description="Your note, up to 2,000 characters.", examples=["to watch"])


class WatchChange(Model):
    """A new note."""

    note: Note = field("Your note, up to 2,000 characters.", "sold everything in May")


class RuleRow(Model):
    """An alert rule."""

    id: int = field("Number of the rule.", 1)
    name: str = field("Given by a person.", "Tier S moves")
    kind: str = field("What it watches.", "trader_moves")
    parameters: dict[str, Any] = field(
        "By kind; names in snake_case as on the Alerts page.", {"tiers": ["S"]}
    )
    enabled: bool = field("False: paused.", True)
    created_by: str = field("Who made it.", "local")
    created_at: datetime = field("When.", WHEN)
    updated_at: datetime = field("Last changed.", WHEN)
    fired: int = field("Alerts so far.", 12)
    last_fired_at: datetime | None = field("Newest alert.", WHEN)


class RuleList(Listed[RuleRow]):
    """Every alert rule."""


class RuleNew(Model):
    """A rule as it is made or replaced."""

    name: Name = field("1 to 200 characters.", "Tier S moves")
    kind: RuleKind = field("What it watches.", "trader_moves")
    parameters: Parameters = Field({}, examples=[{"tiers": ["S"], "min_usd": 5000}])
    enabled: bool = Field(True, strict=True, description="False: paused.")


class AlertRow(Model):
    """An alert, with what became of it."""

    id: int = field("Number of the alert.", 7)
    at: datetime = field("When.", WHEN)
    rule_id: int = field("The rule that fired.", 1)
    rule_name: str = field("Its name.", "Tier S moves")
    kind: str = field("Its kind.", "trader_moves")
    sentence: str = field(
        "What happened: text, never markup.", "alice opened Yes for $5,200 at 41 cents"
    )
    address: str | None = described(TRADER["address"].perhaps("it is about no trader"))
    trader_name: str | None = described(TRADER["name"].perhaps("it is about no trader"))
    tier: str | None = described(TRADER["tier"])
    market_id: int | None = described(MARKET["id"].perhaps("it is about no market"))
    question: str | None = described(MARKET["question"].perhaps("it is about no market"))
    outcome: str | None = described(OUTCOME["name"].perhaps("it is about no outcome"))
    price: Exact | None = field("Price then.", 0.41)
    price_1h: Exact | None = field("An hour later.", 0.44)
    price_24h: Exact | None = field("A day later.", 0.5)
    settled: Exact | None = field("What the outcome paid.", None)
    deliveries: int = field("Targets told.", 2)
    sent: int = field("Told with success.", 2)
    failed: int = field("Given up.", 0)


class AlertList(Listed[AlertRow]):
    """A page of alerts, by time."""


class SyncWanted(Model):
    """What to read again."""

    sources: list[Literal["trades", "positions"]] = Field(
        ["trades", "positions"],
        min_length=1,
        max_length=2,
        description="Which streams.",
        examples=[["trades"]],
    )
