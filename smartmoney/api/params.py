"""What each list may be asked for, from its filter; anything else is refused. Limits are clamped."""

from __future__ import annotations

import types
import typing
from dataclasses import Field as FilterField
from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic.json_schema import SkipJsonSchema

from smartmoney.api.wire import camel
from smartmoney.store import reads
from smartmoney.store.filters import LONGEST_CURSOR, LONGEST_TEXT, MOST_ROWS, About, ListFilter

Key = TypeVar("Key", bound=Enum)
WITHOUT_CONTROLS = r"^[^\x00-\x1f\x7f]*$"


def key_of(keys: type[Key], name: str) -> Key:
    """The sort key whose camelCase name is `name`."""
    return next(key for key in keys if camel(key.name) == name)


def _words(value: Any) -> Any:
    """`tier=S,A` means what `tier=S&tier=A` means."""
    if not isinstance(value, list):
        return value
    return [word for part in value for word in str(part).split(",")]


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
Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=WITHOUT_CONTROLS)]
Cursor = Annotated[str, Field(max_length=LONGEST_CURSOR, pattern=r"^[A-Za-z0-9_-]+$")]
Unset = SkipJsonSchema[None]
_annotated: Any = Annotated


class Query(BaseModel):
    """Base of all queries: camelCase names, and no others."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid")


class ListQuery(Query):
    """What every paged list takes.

    Attributes:
        kind: the filter of the list.
        names: fields of the filter, by name here.
    """

    kind: ClassVar[type[ListFilter]] = ListFilter
    names: ClassVar[dict[str, str]] = {}

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

    def filters(self) -> ListFilter:
        """The filter of the read."""
        values: dict[str, Any] = {}
        for here, name in self.names.items():
            value = getattr(self, here)
            values[name] = tuple(value) if isinstance(value, list) else value
        if "sort" in values:
            values["sort"] = key_of(type(self.kind().sort), values["sort"])
        return self.kind(
            **values, descending=self.order == "desc", limit=self.limit, cursor=self.cursor
        )


def query_of(kind: type[ListFilter]) -> type[ListQuery]:
    """The query of a list: a parameter for each condition of its filter that says what it is."""
    hints = typing.get_type_hints(kind)
    offered: dict[str, Any] = {}
    names: dict[str, str] = {}
    for item in fields(kind):
        about: About | None = item.metadata.get("about")
        if about is not None and about.means:
            here = about.query or item.name
            names[here] = item.name
            offered[here] = (_type(item, hints[item.name]), _parameter(item, about))
    keys = type(kind().sort)
    if len(keys) > 1:
        names["sort"] = "sort"
        words = _one_of(tuple(camel(key.name) for key in keys))
        offered["sort"] = (words, Field(camel(kind().sort.name), description="Sorted by."))
    name = f"{kind.__name__.removesuffix('Filter')}Query"
    made = cast(type[ListQuery], create_model(name, __base__=ListQuery, **offered))
    made.__doc__, made.kind, made.names = kind.__doc__, kind, names
    return made


def _type(item: FilterField[Any], hint: Any) -> Any:
    """Type of the parameter of a field."""
    if "choices" in item.metadata:
        choices = item.metadata["choices"]
        few = types.GenericAlias(list, (_one_of(choices),))
        return _annotated[few, BeforeValidator(_words), Field(max_length=len(choices))]
    if "low" in item.metadata:
        bounds = Field(ge=item.metadata["low"], le=item.metadata["high"])
        if int in typing.get_args(hint):
            return _annotated[int, bounds, BeforeValidator(_whole)] | Unset
        return _annotated[float, bounds, Field(allow_inf_nan=False)] | Unset
    return Flag if item.default is False else Text


def _one_of(words: tuple[str, ...]) -> Any:
    literal: Any = Literal
    return literal[words]


def _parameter(item: FilterField[Any], about: About) -> Any:
    examples = None if about.example is None else [about.example]
    default = list(item.default) if isinstance(item.default, tuple) else item.default
    return Field(default, description=about.means, examples=examples)


if TYPE_CHECKING:
    TraderQuery = ListQuery
    PositionQuery = ListQuery
    TradeQuery = ListQuery
    MarketTradeQuery = ListQuery
    MarketQuery = ListQuery
    SmartQuery = ListQuery
    HolderQuery = ListQuery
    AlertQuery = ListQuery
else:
    TraderQuery = query_of(reads.TraderFilter)
    PositionQuery = query_of(reads.PositionFilter)
    TradeQuery = query_of(reads.TradeFilter)
    MarketTradeQuery = query_of(reads.MarketTradeFilter)
    MarketQuery = query_of(reads.MarketFilter)
    SmartQuery = query_of(reads.SmartFilter)
    HolderQuery = query_of(reads.HolderFilter)
    AlertQuery = query_of(reads.AlertFilter)


class CurveQuery(Query):
    """A curve over time."""

    points: Limit = Field(
        500,
        description="Most points; pulled into 2 to 2,000. The newest is always kept.",
        examples=[500],
    )
