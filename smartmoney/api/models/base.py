"""What all models share: camelCase names, exact numbers, the envelope of a list, the body of an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from types import GenericAlias
from typing import Annotated, Any, Generic, Literal, Optional, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

from smartmoney.api.wire import camel
from smartmoney.schema import TRADER, Column

Exact = Annotated[Decimal, WithJsonSchema({"type": "number"})]
Item = TypeVar("Item")
ADDRESS = TRADER["address"].example
TYPES: dict[str, Any] = {
    "text": str,
    "text[]": list[str],
    "smallint": int,
    "integer": int,
    "bigint": str,
    "double precision": float,
    "numeric": Exact,
    "boolean": bool,
    "timestamptz": datetime,
    "date": date,
}
"""Python type of a field by PostgreSQL type; 64-bit keys are text, as JavaScript rounds them."""
NAME = re.compile(r"`([a-z0-9_]+)`")


class Model(BaseModel):
    """Base of all bodies: names in camelCase, nothing beside what is named."""

    model_config = ConfigDict(
        alias_generator=camel, extra="forbid", validate_by_name=True, validate_by_alias=True
    )


def field(description: str, example: Any = None) -> Any:
    """A field with its meaning and, where given, an example."""
    return Field(description=description, examples=None if example is None else [example])


def described(column: Column) -> Any:
    """A field that is a column of the dictionary, with its meaning, unit, and why it may be null."""
    unit = f" Unit: {column.unit}." if column.unit else ""
    missing = f" Null: {column.missing}." if column.missing else ""
    text = NAME.sub(lambda name: f"`{camel(name[1])}`", f"{column.means}{unit}{missing}")
    return field(text, column.example)


def type_of(column: Column) -> Any:
    """Python type of a column of the dictionary."""
    few = column.choices and column.sql == "text"
    kind = Literal.__getitem__(column.choices) if few else TYPES[column.sql]
    return Optional.__getitem__(kind) if column.nullable else kind


def row_model(name: str, about: str, columns: Iterable[Column], **rows: type[Model]) -> type[Model]:
    """The model of a row of columns of the dictionary.

    Args:
        name: of the model.
        about: one sentence.
        columns: its fields.
        rows: by name of a column that holds rows itself, the model of those.
    """
    fields: dict[str, Any] = {
        column.name: (
            GenericAlias(list, (rows[column.name],)) if column.name in rows else type_of(column),
            described(column),
        )
        for column in columns
    }
    return create_model(name, __base__=Model, __doc__=about, **fields)


class Listed(Model, Generic[Item]):
    """The envelope of every list."""

    as_of: datetime | None = field(
        "Validity time of the numbers; null when nothing was computed yet.", "2026-11-22T14:00:00Z"
    )
    score_version: str | None = field("Version of the scoring that made the numbers.", "1")
    total: int | None = field(
        "Rows of the whole filtered list; null where there are more than 10,000 trades, which are not counted.",
        240,
    )
    next_cursor: str | None = field(
        "Pass it as `cursor` for the next page; null on the last. Opaque.", None
    )
    items: list[Item] = field("The rows of this page.")


class Problem(Model):
    """What went wrong."""

    code: str = field("A word for programs.", "parameter_wrong")
    message: str = field(
        "A sentence for people: what, where, what to do.", "limit: Input should be a valid integer."
    )
    request_id: str = field(
        "Also in the header X-Request-ID and in the server's log.", "5f1d0a2b9c3e4d67"
    )
    parameter: str | None = Field(
        None,
        description="The parameter or field that is wrong, where it is one.",
        examples=["limit"],
    )
    trading_wallet: str | None = Field(
        None,
        description="Where the address asked for is an owner's: the wallet that it signs for, whose trader it is.",
        examples=[ADDRESS],
    )


class ErrorBody(Model):
    """The one shape of every error."""

    error: Problem


def list_model(name: str, about: str, row: type[Model], **fields: Any) -> type[Model]:
    """The model of a list of `row`; `fields` are more of its own, as (type, field)."""
    listed: Any = Listed
    return cast(type[Model], create_model(name, __base__=listed[row], __doc__=about, **fields))
