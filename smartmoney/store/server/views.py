"""What people meet who look at the database with tools of their own: a view for each frame, and comments with units.

    select * from v_trades where ts > now() - interval '1 day';

A view has the columns of the frame, in dollars and shares, described where an SQL tool shows it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from psycopg import sql

from smartmoney.schema import Column
from smartmoney.store.db import PostgresConnection
from smartmoney.store.frame_tables import TABLES, Table, query
from smartmoney.store.server import growing

PREFIX = "v_"
NOTE = "Steps of the schema that ran. Views and comments: "
SUFFIXES = {
    "micro": "In millionths: of a dollar, or of a share.",
    "pico": "In 1e-12 dollars per share.",
}
"""What the last part of a column's name says of its unit."""
COLUMNS = """
select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0
  and not a.attisdropped and split_part(a.attname, '_', -1) = any(%s) and col_description(c.oid, a.attnum) is null
order by 1, 2"""
LAID_OUT = "select obj_description('public.migration'::regclass)"


def is_current(connection: PostgresConnection[Any]) -> bool:
    """Are views and comments those of this version?"""
    row = connection.execute(LAID_OUT).fetchone()
    return row is not None and row[0] == NOTE + digest()


def digest() -> str:
    """Of all that is laid out."""
    text = repr([(name, query(name, {}, None), _comments(name)) for name in TABLES])
    text += repr((growing.TABLES, SUFFIXES))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def drop(connection: PostgresConnection[Any]) -> None:
    """Take the views away, and note it: while they stand, no step can change the columns they show."""
    for name in TABLES:
        connection.execute(sql.SQL("drop view if exists {}").format(sql.Identifier(PREFIX + name)))
    connection.execute("comment on table migration is null")


def lay_out(connection: PostgresConnection[Any]) -> None:
    """Make the views, and comment them, the tables and the columns whose names tell a unit; as the owner.

    The role `sm_read` may read them, as it may read every table.
    """
    for name in TABLES:
        view = sql.Identifier(PREFIX + name)
        text, _ = query(name, {}, None)
        connection.execute(sql.SQL("create view {} as {}").format(view, sql.SQL(text)))
        for column, comment in _comments(name).items():
            named = (
                sql.SQL("column {}.{}").format(view, sql.Identifier(column))
                if column
                else sql.SQL("view {}").format(view)
            )
            _comment(connection, named, comment)
    for table in growing.TABLES:
        holds = f"{table.holds[:1].upper()}{table.holds[1:]}."
        _comment(connection, sql.SQL("table {}").format(sql.Identifier(table.table)), holds)
    for table_name, column in connection.execute(COLUMNS, [list(SUFFIXES)]).fetchall():
        named = sql.SQL("column {}.{}").format(sql.Identifier(table_name), sql.Identifier(column))
        _comment(connection, named, SUFFIXES[column.rpartition("_")[2]])
    _comment(connection, sql.SQL("table migration"), NOTE + digest())


def _comments(name: str) -> dict[str, str]:
    """What is said of a view ("") and of its columns."""
    table: Table = TABLES[name]
    about = f"{table.about} The frame `smartmoney.{name}()`."
    return {"": about, **{key: _sentence(column) for key, column in table.columns.items()}}


def _sentence(column: Column) -> str:
    unit = f" Unit: {column.unit}." if column.unit else ""
    missing = f" Null: {column.missing}." if column.missing else ""
    return f"{column.means}{unit}{missing}"


def _comment(connection: PostgresConnection[Any], named: sql.Composable, text: str) -> None:
    connection.execute(sql.SQL("comment on {} is {}").format(named, sql.Literal(text)))
