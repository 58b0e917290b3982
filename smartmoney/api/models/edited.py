"""Bodies of what people edit: the watchlist, alert rules; and the alerts that came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from smartmoney.alerts.parameters import MODELS, RuleKind
from smartmoney.api.models.base import ADDRESS, Exact, Listed, Model, said
from smartmoney.api.params import WITHOUT_CONTROLS
from smartmoney.ids import ANY_CASE_ADDRESS

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

    id: int = said("Number of the entry.", 1)
    address: str | None = said("The trader watched.", ADDRESS)
    name: str | None = said("Its display name.", "alice")
    tier: str | None = said("Its tier.", "A")
    market_id: int | None = said("The market watched.", None)
    question: str | None = said("Its question.", None)
    note: str = said("Your note.", "to watch")
    created_by: str = said("Who added it.", "local")
    created_at: datetime = said("When.", WHEN)


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

    note: Note = said("Your note, up to 2,000 characters.", "sold everything in May")


class RuleRow(Model):
    """An alert rule."""

    id: int = said("Number of the rule.", 1)
    name: str = said("Given by a person.", "Tier S moves")
    kind: str = said("What it watches.", "trader_moves")
    parameters: dict[str, Any] = said(
        "By kind; names in snake_case as on the Alerts page.", {"tiers": ["S"]}
    )
    enabled: bool = said("False: paused.", True)
    created_by: str = said("Who made it.", "local")
    created_at: datetime = said("When.", WHEN)
    updated_at: datetime = said("Last changed.", WHEN)
    fired: int = said("Alerts so far.", 12)
    last_fired_at: datetime | None = said("Newest alert.", WHEN)


class RuleList(Listed[RuleRow]):
    """Every alert rule."""


class RuleNew(Model):
    """A rule as it is made or replaced."""

    name: Name = said("1 to 200 characters.", "Tier S moves")
    kind: RuleKind = said("What it watches.", "trader_moves")
    parameters: Parameters = Field({}, examples=[{"tiers": ["S"], "min_usd": 5000}])
    enabled: bool = Field(True, strict=True, description="False: paused.")


class AlertRow(Model):
    """An alert, with what became of it."""

    id: int = said("Number of the alert.", 7)
    at: datetime = said("When.", WHEN)
    rule_id: int = said("The rule that fired.", 1)
    rule_name: str = said("Its name.", "Tier S moves")
    kind: str = said("Its kind.", "trader_moves")
    sentence: str = said(
        "What happened: text, never markup.", "alice opened Yes for $5,200 at 41 cents"
    )
    address: str | None = said("The trader, where it is about one.", ADDRESS)
    trader_name: str | None = said("Its display name.", "alice")
    tier: str | None = said("Its tier.", "S")
    market_id: int | None = said("The market, where it is about one.", 68)
    question: str | None = said("Its question.", "Will rates be cut in March?")
    outcome: str | None = said("The outcome.", "Yes")
    price: Exact | None = said("Price then.", 0.41)
    price_1h: Exact | None = said("An hour later.", 0.44)
    price_24h: Exact | None = said("A day later.", 0.5)
    settled: Exact | None = said("What the outcome paid.", None)
    deliveries: int = said("Targets told.", 2)
    sent: int = said("Told with success.", 2)
    failed: int = said("Given up.", 0)


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
