"""Named SQL files, keyset pages, and the one place that runs them.

A file is a fixed template. A line that ends in `--? name` is kept only when the parameter `name` is set;
`{{name}}` is filled from an Enum's member, never from text that came from outside. Everything else is bound.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import TextClause, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from smartmoney.errors import ParameterError, SchemaMismatch, TemporaryError
from smartmoney.store.db import Store
from smartmoney.store.reads.filters import MOST_ROWS, ListFilter, Sort

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parents[1] / "sql"
CONDITION = re.compile(r"^(?P<line>.*?)\s*--\?\s*(?P<names>[a-z_ ]+)$")
MOST_EXPORTED = 100_000
UNKNOWN_NAMES = ("42P01", "42703", "42883")  # table, column, function
DOWN = {"direction": "desc nulls last", "tie": "asc", "past": "<", "behind": ">"}
UP = {"direction": "asc nulls first", "tie": "desc", "past": ">", "behind": "<"}
TOO_LONG = "57014"
WRONG_CURSOR = "The cursor does not belong to this list; start again from its first page."

Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        rows: dicts by column name; money as Decimal USD, times aware, None where nothing is known.
        total: rows of the whole filtered list, or None where counting would cost too much.
        next_cursor: pass it as `cursor` for the next page; None on the last.
        as_of: validity time of the newest number shown, or None when nothing was computed yet.
    """

    rows: list[Row] = field(default_factory=list)
    total: int | None = 0
    next_cursor: str | None = None
    as_of: datetime | None = None

    def frame(self) -> pd.DataFrame:
        """The rows as a DataFrame, one column per key."""
        import pandas as pd

        return pd.DataFrame(self.rows)


@cache
def _template(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _is_set(value: Any) -> bool:
    return value is not None and value is not False and value != "" and value != () and value != []


def render(name: str, parameters: Row, **identifiers: str) -> str:
    """The text of `sql/{name}.sql`, conditional lines kept or dropped, identifiers filled in."""
    kept = []
    for line in _template(name).splitlines():
        if line.startswith("--"):
            continue
        match = CONDITION.match(line)
        if match is None:
            kept.append(line)
        elif all(_is_set(parameters.get(wanted)) for wanted in match["names"].split()):
            kept.append(match["line"])
    sql = "\n".join(kept)
    for key, value in identifiers.items():
        sql = sql.replace("{{" + key + "}}", value)
    return sql


@lru_cache(512)
def _statement(sql: str) -> TextClause:
    return text(sql)


def _run(connection: Connection, sql: str, parameters: Row) -> list[Row]:
    statement = _statement(sql)
    bound = {key: parameters[key] for key in statement._bindparams}
    try:
        result = connection.execute(statement, bound)
        keys = tuple(result.keys())
        return [dict(zip(keys, row, strict=True)) for row in result.all()]
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state in UNKNOWN_NAMES:
            raise SchemaMismatch(
                "The database lacks what this version reads; run `smartmoney migrate`."
            ) from error
        if state == TOO_LONG:
            raise TemporaryError(
                "That took longer than the 10 seconds a page may ask; narrow the filter or try again."
            ) from error
        raise


def fetch(store: Store, name: str, /, **parameters: Any) -> list[Row]:
    """All rows of `sql/{name}.sql`.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    with store.connect() as connection:
        return _run(connection, render(name, parameters), parameters)


def fetch_one(store: Store, name: str, /, **parameters: Any) -> Row | None:
    """The first row of `sql/{name}.sql`, or None."""
    return next(iter(fetch(store, name, **parameters)), None)


def write(store: Store, name: str, /, **parameters: Any) -> Row | None:
    """Run one of the writes pages may make, in a transaction of its own.

    Returns its first row, if it returns any.

    Raises:
        ParameterError: a value breaks a rule of the table.
        StoreUnavailable: the database does not answer.
    """
    statement = text(render(name, parameters))
    try:
        with store.transaction() as connection:
            result = connection.execute(
                statement, {key: parameters[key] for key in statement._bindparams}
            )
            row = result.mappings().first() if result.returns_rows else None
    except (DataError, IntegrityError) as error:
        raise ParameterError(
            f"That cannot be saved: {str(error.orig).splitlines()[0][:200]}."
        ) from error
    return dict(row) if row is not None else None


def fetch_page(
    store: Store,
    name: str,
    wanted: ListFilter,
    *,
    counted: bool = True,
    as_of: datetime | None = None,
    **parameters: Any,
) -> Page:
    """One page of a list, by keyset: rows with a value in the wanted order, then rows without one by id.

    The template selects `sort_value` and `id`, and has the conditional lines `valued`, `after`, `unvalued`,
    `unvalued_after` and `paged`.

    Raises:
        ParameterError: the cursor was not made by this list with this order.
        StoreUnavailable: the database does not answer.
    """
    sort: Sort = wanted.sort  # type: ignore[attr-defined]
    bound = {**wanted.parameters(), **parameters, "size": wanted.limit + 1, "paged": True}
    value, after_id = _decoded(wanted.cursor, sort, wanted.descending)
    with store.connect() as connection:
        try:
            found = _found(connection, name, wanted, bound, value, after_id)
        except DataError as error:
            raise ParameterError(WRONG_CURSOR, "cursor") from error
        total = _total(connection, name, sort, bound) if counted else None
    more = len(found) > wanted.limit
    rows = found[: wanted.limit]
    cursor = _encoded(rows[-1], sort, wanted.descending) if more else None
    for row in rows:
        row.pop("sort_value")
    return Page(rows, total, cursor, as_of)


def _found(
    connection: Connection,
    name: str,
    wanted: ListFilter,
    bound: Row,
    value: str | None,
    after_id: int | None,
) -> list[Row]:
    sort: Sort = wanted.sort  # type: ignore[attr-defined]
    found: list[Row] = []
    if after_id is None or value is not None:
        found = _run_part(
            connection,
            name,
            sort,
            wanted.descending,
            {**bound, "valued": True, "after": value, "after_id": after_id},
        )
    if sort.nullable and len(found) < bound["size"]:
        rest = {
            **bound,
            "unvalued": True,
            "unvalued_after": value is None and after_id is not None,
            "after_id": after_id,
            "size": bound["size"] - len(found),
        }
        found += _run_part(connection, name, sort, wanted.descending, rest)
    return found


def _run_part(
    connection: Connection, name: str, sort: Sort, descending: bool, parameters: Row
) -> list[Row]:
    names = DOWN if descending or parameters.get("unvalued") else UP
    if not sort.nullable:
        names = {**names, "direction": names["direction"].split()[0]}
    sql = render(name, parameters, sort=sort.expression, type=sort.type, **names)
    return _run(connection, sql, parameters)


def _total(connection: Connection, name: str, sort: Sort, parameters: Row) -> int:
    body = render(name, {**parameters, "paged": False}, sort=sort.expression, type=sort.type)
    return int(_run(connection, render("total", {}, body=body), parameters)[0]["total"])


def _encoded(row: Row, sort: Sort, descending: bool) -> str:
    value = row["sort_value"]
    plain = (
        None if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
    )
    packed = json.dumps(
        [sort.name, descending, plain, str(row["id"])], separators=(",", ":"), ensure_ascii=False
    )
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _decoded(cursor: str | None, sort: Sort, descending: bool) -> tuple[str | None, int | None]:
    if not cursor:
        return None, None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, direction, value, row_id = json.loads(base64.urlsafe_b64decode(padded))
        after_id = int(row_id)
        if (name, direction) != (sort.name, descending) or not isinstance(value, str | None):
            raise ValueError(cursor)
        if not -(2**63) <= after_id < 2**63 or "\0" in (value or ""):
            raise ValueError(cursor)
    except (ValueError, TypeError, binascii.Error):
        raise ParameterError(WRONG_CURSOR, "cursor") from None
    return value, after_id


def export(store: Store, read: Any, wanted: ListFilter) -> list[Row]:
    """Every row of a filtered list, up to 100,000, by walking its pages. `read` is one of the list reads."""
    rows: list[Row] = []
    following = wanted.but(limit=MOST_ROWS)
    while True:
        page = read(store, following)
        rows += page.rows
        if page.next_cursor is None or len(rows) >= MOST_EXPORTED:
            return rows[:MOST_EXPORTED]
        following = wanted.but(limit=MOST_ROWS, cursor=page.next_cursor)
