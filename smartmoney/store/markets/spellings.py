"""A condition of 31 bytes has two spellings; here they are one market, under the one with 62 digits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection

from smartmoney import ids
from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def known_spellings(connection: Connection[Any], conditions: Iterable[str]) -> dict[str, str]:
    """The spelling a market is stored under, for each of the conditions that is written in the other one."""
    other = {ids.short(each): each for each in conditions if ids.is_group(each)}
    if not other:
        return {}
    rows = SQL.run(connection, "known", conditions=list(other)).fetchall()
    return {other[row[0]]: row[0] for row in rows}


def conditions_of(connection: Connection[Any], tokens: Sequence[str]) -> dict[str, str]:
    """Condition id by token id, of those tokens whose market is stored."""
    return dict(SQL.run(connection, "of_tokens", tokens=list(tokens)).fetchall())


def use_short_spelling(connection: Connection[Any], conditions: Sequence[str]) -> None:
    """Rename markets that rows named with 64 digits before these, their short spellings, were known to be theirs."""
    longer = {ids.spellings(each)[1]: each for each in conditions if len(each) == ids.SHORT_LENGTH}
    if longer:
        SQL.run(connection, "shorten", long=list(longer), short=list(longer.values()))
