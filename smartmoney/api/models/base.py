"""What all models share: camelCase names, exact numbers, the envelope of a list, the body of an error."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from smartmoney.api.wire import camel

Exact = Annotated[Decimal, WithJsonSchema({"type": "number"})]
Tier = Literal["S", "A", "B", "C", "D", "E"]
Side = Literal["BUY", "SELL"]
Item = TypeVar("Item")
ADDRESS = "0x56687bf447db6ffa42ffe2204a05edaa20f55839"
CONDITION = "0x" + "3f" * 32


class Model(BaseModel):
    """Base of all bodies: names in camelCase, nothing beside what is named."""

    model_config = ConfigDict(
        alias_generator=camel, extra="forbid", validate_by_name=True, validate_by_alias=True
    )


def said(description: str, example: Any = None) -> Any:
    """A field with its meaning and, where given, an example."""
    return Field(description=description, examples=None if example is None else [example])


class Listed(Model, Generic[Item]):
    """The envelope of every list."""

    as_of: datetime | None = said(
        "Validity time of the numbers; null when nothing was computed yet.", "2026-11-22T14:00:00Z"
    )
    score_version: str | None = said("Version of the scoring that made the numbers.", "1")
    total: int | None = said(
        "Rows of the whole filtered list; null where there are more than 10,000 trades, which are not counted.",
        240,
    )
    next_cursor: str | None = said(
        "Pass it as `cursor` for the next page; null on the last. Opaque.", None
    )
    items: list[Item] = said("The rows of this page.")


class Problem(Model):
    """What went wrong."""

    code: str = said("A word for programs.", "parameter_wrong")
    message: str = said(
        "A sentence for people: what, where, what to do.", "limit: Input should be a valid integer."
    )
    request_id: str = said(
        "Also in the header X-Request-ID and in the server's log.", "5f1d0a2b9c3e4d67"
    )
    parameter: str | None = Field(
        None,
        description="The parameter or field that is wrong, where it is one.",
        examples=["limit"],
    )


class ErrorBody(Model):
    """The one shape of every error."""

    error: Problem
