"""SQL lives in `.sql` files, each beside the Python functions that use it; here it is read and run.

A file holds several statements, each after a line `-- name: its name`. A line that ends in `--? parameter` is kept
only where that parameter is set; `{{name}}` is filled with a name of ours (an Enum's member, a column), never with text
that came from outside; `{{keyset id}}` is the end of a list that is read page by page. All else is bound, as
`%(parameter)s`; so a percent sign is written twice.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg.rows import dict_row

from smartmoney.errors import ParameterError, QueryTooSlow, SchemaMismatch
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.filters import MOST_ROWS, ListFilter, Sort

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NAME = re.compile(r"^-- name: ([a-z_]+)\n", re.MULTILINE)
CONDITION = re.compile(r"^(?P<line>.*?)\s*--\?\s*(?P<names>[a-z_ ]+)$")
BOUND = re.compile(r"%(?:%|\(([a-z_]+)\)s)")
COMMENT = re.compile(r"^--(?! name: ).*\n", re.MULTILINE)
VARIABLE = re.compile(r"--\?|\{\{")
KEYSET = re.compile(r"^\{\{keyset ([a-z._]+)\}\}$", re.MULTILINE)
TAIL = """\
  and {{sort}} is not null  --? valued
  and {{sort}} {{past}}= cast(%(after)s as {{type}})  --? valued after
  and ({{sort}} <> cast(%(after)s as {{type}}) or {{id}} {{behind}} %(after_id)s)  --? valued after
  and {{sort}} is null  --? unvalued
  and {{id}} > %(after_id)s  --? unvalued_after
order by {{sort}} {{direction}}, {{id}} {{tie}}  --? paged
limit %(size)s  --? paged"""
COUNT = "select count(*) as total from (\n{}\n) as counted"
DOWN = {"direction": "desc nulls last", "tie": "asc", "past": "<", "behind": ">"}
UP = {"direction": "asc nulls first", "tie": "desc", "past": ">", "behind": "<"}
MOST_EXPORTED = 100_000
LONGEST_DOCUMENT = 10_000
WRONG_CURSOR = "The cursor does not belong to this list; start again from its first page."

Row = dict[str, Any]


@contextmanager
def understood() -> Iterator[None]:
    """What a database's refusal means to the caller; whatever is not listed is a bug of ours and stays what it is.

    Raises:
        SchemaMismatch: a table, column or function is missing (42P01, 42703, 42883).
        QueryTooSlow: the role's time for a statement was up (57014).
    """
    try:
        yield
    except (
        psycopg.errors.UndefinedTable,
        psycopg.errors.UndefinedColumn,
        psycopg.errors.UndefinedFunction,
    ) as error:
        raise SchemaMismatch(
            "The database lacks what this version reads; run `smartmoney migrate`."
        ) from error
    except psycopg.errors.QueryCanceled as error:
        raise QueryTooSlow(
            "That took longer than the 10 seconds a page may ask; narrow the filter or try again."
        ) from error


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


class Statements:
    """The statements of the `.sql` file beside a Python module.

    Attributes:
        path: the file.
    """

    def __init__(self, module: str) -> None:
        self.path = Path(module).with_suffix(".sql")

    @cached_property
    def templates(self) -> dict[str, str]:
        """The statements by name, without comments, each `{{keyset}}` written out."""
        _, *parts = NAME.split(self.path.read_text(encoding="utf-8"))
        texts = (COMMENT.sub("", part).strip() for part in parts[1::2])
        whole = (KEYSET.sub(lambda match: TAIL.replace("{{id}}", match[1]), each) for each in texts)
        return dict(zip(parts[::2], whole, strict=True))

    def text(self, name: str, parameters: Mapping[str, Any], **identifiers: str) -> str:
        """A statement with its conditional lines kept or dropped and our names filled in."""
        template = self.templates[name]
        if VARIABLE.search(template) is None:
            return template
        kept = []
        for line in template.splitlines():
            match = CONDITION.match(line)
            if match is None:
                kept.append(line)
            elif all(_is_set(parameters.get(each)) for each in match["names"].split()):
                kept.append(match["line"])
        sql = "\n".join(kept)
        for key, value in identifiers.items():
            sql = sql.replace("{{" + key + "}}", value)
        return sql

    def run(
        self,
        connection: PostgresConnection[Any],
        name: str,
        identifiers: Mapping[str, str] | None = None,
        /,
        **parameters: Any,
    ) -> psycopg.Cursor[Any]:
        """Run a statement in the connection's transaction; returns the cursor, whose rows are tuples."""
        text = self.text(name, parameters, **(identifiers or {}))
        with understood():
            return connection.execute(_encoded(text), parameters)

    def value(self, connection: PostgresConnection[Any], name: str, /, **parameters: Any) -> Any:
        """The first column of the first row, or None without rows."""
        row = self.run(connection, name, **parameters).fetchone()
        return row[0] if row else None

    def rows(
        self,
        connection: PostgresConnection[Any],
        name: str,
        identifiers: Mapping[str, str] | None = None,
        /,
        **parameters: Any,
    ) -> list[Row]:
        """The rows as dicts, none for a statement that returns none; in the connection's transaction."""
        return _rows(connection, self.text(name, parameters, **(identifiers or {})), parameters)

    def fetch(
        self,
        store: Store,
        name: str,
        identifiers: Mapping[str, str] | None = None,
        /,
        **parameters: Any,
    ) -> list[Row]:
        """The rows as dicts, in a transaction of its own.

        Raises:
            QueryTooSlow: it took longer than the role may take.
            StoreUnavailable: the database does not answer.
        """
        with store.raw() as connection:
            return self.rows(connection, name, identifiers, **parameters)

    def fetch_one(self, store: Store, name: str, /, **parameters: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self.fetch(store, name, **parameters)), None)

    def edit(self, store: Store, name: str, /, **parameters: Any) -> Row | None:
        """Store what a person wrote; returns the first row, or None.

        Raises:
            ParameterError: a value breaks a rule of the table.
            StoreUnavailable: the database does not answer.
        """
        try:
            return self.fetch_one(store, name, **parameters)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise ParameterError(
                f"That cannot be saved: {str(error).splitlines()[0][:200]}."
            ) from error

    def arrow(
        self,
        store: Store,
        name: str,
        identifiers: Mapping[str, str] | None = None,
        /,
        **parameters: Any,
    ) -> pa.Table:
        """The rows as an Arrow table, by ADBC."""
        from smartmoney.store import arrow

        return arrow.fetch(store, *self._numbered(name, identifiers or {}, parameters))

    def batches(
        self,
        store: Store,
        name: str,
        identifiers: Mapping[str, str] | None = None,
        /,
        **parameters: Any,
    ) -> Iterator[pa.RecordBatch]:
        """The rows as Arrow batches, by ADBC."""
        from smartmoney.store import arrow

        with arrow.opened(store, *self._numbered(name, identifiers or {}, parameters)) as cursor:
            yield from cursor.fetch_record_batch()

    def _numbered(
        self, name: str, identifiers: Mapping[str, str], parameters: Mapping[str, Any]
    ) -> tuple[str, list[Any]]:
        """A statement as ADBC takes it: `$1`, `$2` … and their values in order."""
        order: dict[str, int] = {}

        def numbered(match: re.Match[str]) -> str:
            return f"${order.setdefault(match[1], len(order) + 1)}" if match[1] else "%"

        text = BOUND.sub(numbered, self.text(name, parameters, **identifiers))
        return text, [parameters[each] for each in order]

    def page(
        self,
        store: Store,
        name: str,
        filters: ListFilter,
        *,
        counted: bool = True,
        as_of: datetime | None = None,
        columns: str = "",
        **parameters: Any,
    ) -> Page:
        """One page of a list, by keyset: rows with a value in the order of the filter, then rows without one by id.

        The statement selects `{{sort}} as sort_value` and `id`, and ends in `{{keyset id}}`; `columns` fills its
        `{{columns}}`.

        Raises:
            ParameterError: the cursor was not made by this list with this order.
            StoreUnavailable: the database does not answer.
        """
        bound = {**filters.parameters(), **parameters, "size": filters.limit + 1}
        reading = _Keyset(self, name, filters.sort, filters.descending, columns, bound)
        with store.raw() as connection:
            try:
                rows = reading.rows(connection, filters.cursor)
            except psycopg.DataError as error:
                raise ParameterError(WRONG_CURSOR, "cursor") from error
            total = reading.total(connection) if counted else None
        more = len(rows) > filters.limit
        rows = rows[: filters.limit]
        cursor = reading.encoded(rows[-1]) if more else None
        for row in rows:
            row.pop("sort_value")
        return Page(rows, total, cursor, as_of)


@dataclass(frozen=True)
class _Keyset:
    """How one list is read: its statement, order, columns and bound values."""

    statements: Statements
    name: str
    sort: Sort
    descending: bool
    columns: str
    bound: Row

    def _text(self, parameters: Row, **names: str) -> str:
        fixed = {"sort": self.sort.expression, "type": self.sort.type, "columns": self.columns}
        return self.statements.text(self.name, parameters, **fixed, **names)

    def rows(self, connection: PostgresConnection[Any], cursor: str | None) -> list[Row]:
        """The rows of the page and one more."""
        value, after_id = self.decoded(cursor)
        rows: list[Row] = []
        if after_id is None or value is not None:
            valued = {"valued": True, "after": value, "after_id": after_id}
            rows = self._part(connection, {**self.bound, **valued})
        if self.sort.nullable and len(rows) < self.bound["size"]:
            unvalued = {
                "unvalued": True,
                "unvalued_after": value is None and after_id is not None,
                "after_id": after_id,
                "size": self.bound["size"] - len(rows),
            }
            rows += self._part(connection, {**self.bound, **unvalued})
        return rows

    def _part(self, connection: PostgresConnection[Any], parameters: Row) -> list[Row]:
        parameters = {**parameters, "paged": True}
        names = DOWN if self.descending or parameters.get("unvalued") else UP
        if not self.sort.nullable:  # a plain index serves both directions
            names = {**names, "direction": names["direction"].split()[0]}
        return _rows(connection, self._text(parameters, **names), parameters)

    def total(self, connection: PostgresConnection[Any]) -> int:
        """Rows of the whole list."""
        rows = _rows(connection, COUNT.format(self._text(self.bound)), self.bound)
        return int(rows[0]["total"])

    def encoded(self, row: Row) -> str:
        """The cursor behind a row."""
        value = row["sort_value"]
        if value is not None:
            value = value.isoformat() if isinstance(value, datetime) else str(value)
        parts = [self.sort.name, self.descending, value, str(row["id"])]
        packed = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    def decoded(self, cursor: str | None) -> tuple[str | None, int | None]:
        """Value and id of the row the page starts behind; both None on the first page.

        Raises:
            ParameterError: the cursor is none of this list in this order.
        """
        if not cursor:
            return None, None
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            name, direction, value, row_id = json.loads(base64.urlsafe_b64decode(padded))
            after_id = int(row_id)
            if (name, direction) != (self.sort.name, self.descending):
                raise ValueError(cursor)
            if not isinstance(value, str | None) or "\0" in (value or ""):
                raise ValueError(cursor)
            if not -(2**63) <= after_id < 2**63:
                raise ValueError(cursor)
        except (ValueError, TypeError, binascii.Error):
            raise ParameterError(WRONG_CURSOR, "cursor") from None
        return value, after_id


def _is_set(value: Any) -> bool:
    return value is not None and value is not False and value != "" and value != () and value != []


@lru_cache(512)
def _encoded(text: str) -> bytes:
    return text.encode()


def _rows(connection: PostgresConnection[Any], text: str, parameters: Row) -> list[Row]:
    with understood(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_encoded(text), parameters)
        return cursor.fetchall() if cursor.description else []


def document(value: Any) -> str:
    """What a person wrote, as JSON text.

    Raises:
        ParameterError: it is too long, or holds what the database cannot keep.
    """
    text = json.dumps(value, allow_nan=False)
    if len(text) > LONGEST_DOCUMENT or "\\u0000" in text:
        raise ParameterError(
            "That value is too long or holds a character the database cannot keep."
        )
    return text


def export(store: Store, read: Any, filters: ListFilter) -> list[Row]:
    """Every row of a filtered list, up to 100,000, by walking its pages. `read` is one of the list reads."""
    rows: list[Row] = []
    following = filters.but(limit=MOST_ROWS)
    while True:
        page = cast(Page, read(store, following))
        rows += page.rows
        if page.next_cursor is None or len(rows) >= MOST_EXPORTED:
            return rows[:MOST_EXPORTED]
        following = filters.but(limit=MOST_ROWS, cursor=page.next_cursor)
