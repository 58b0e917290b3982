"""Runs the files of `sql/alerts/`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store
from smartmoney.store.reads.base import Row, render

CANCELLED = "57014"


def run(
    connection: Connection, name: str, identifiers: dict[str, str] | None = None, **parameters: Any
) -> list[Row]:
    """Rows of `sql/alerts/{name}.sql`, in the connection's transaction; identifiers are ours."""
    statement = text(render(f"alerts/{name}", parameters, **(identifiers or {})))
    result = connection.execute(statement, {key: parameters[key] for key in statement._bindparams})
    return [dict(row) for row in result.mappings()] if result.returns_rows else []


def look(
    store: Store, name: str, identifiers: dict[str, str] | None = None, **parameters: Any
) -> list[Row]:
    """Rows of `sql/alerts/{name}.sql`, read only.

    Raises:
        ParameterError: it took longer than this role may take.
        StoreUnavailable: the database does not answer.
    """
    try:
        with store.connect() as connection:
            return run(connection, name, identifiers, **parameters)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != CANCELLED:
            raise
        raise ParameterError(
            "This rule looks at too much to be counted in time; name fewer wallets or markets, or "
            "raise its size."
        ) from error


def change(
    store: Store, name: str, identifiers: dict[str, str] | None = None, **parameters: Any
) -> list[Row]:
    """Run one of the writes in a transaction of its own; returns the rows it returns."""
    with store.transaction() as connection:
        return run(connection, name, identifiers, **parameters)
