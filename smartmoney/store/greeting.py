"""What a new connection is asked before it is used: poolers between us and Postgres drop what a session was promised.

A pooler such as PgBouncer may ignore the options a connection starts with, and with them the role: pages would then read
as the owner. In transaction mode it hands each transaction to another server process, so that prepared statements,
settings and advisory locks of a session hold for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg

from smartmoney.errors import SettingError

HELLO = "select current_user, current_setting('TimeZone'), pg_backend_pid()"
ROLE = re.compile(r"-c role=(\w+)")
ATTEMPTS = 3


def role_asked(url: str) -> str | None:
    """The role a connection is to step down to when it starts; None where it logs in as the one it is to be."""
    named = ROLE.findall(" ".join(parse_qs(urlsplit(url).query).get("options", [])))
    return named[-1] if named else None


def check_role(url: str, found: str) -> None:
    """Is the session the role it asked to be?

    Raises:
        SettingError: it is not; a pooler ignored it.
    """
    asked = role_asked(url)
    if asked is not None and found != asked:
        raise SettingError(
            f"DATABASE_URL leads through a pooler that ignores the role a connection asks for: {found} instead of {asked}. "
            "Name the database's own address there; pages may go through a pooler by DATABASE_READ_URL."
        )


def greet(connection: psycopg.Connection[Any], url: str) -> bool:
    """Hold a new connection to its role and to UTC, and do without prepared statements where a pooler is between.

    Args:
        connection: fresh, of any mode; no transaction is left open.
        url: what it was made with.

    Returns:
        Whether a pooler is between: the process that answers is not the one named at the start.

    Raises:
        SettingError: the role was ignored.
    """
    row = connection.execute(HELLO).fetchone()
    assert row is not None
    user, zone, process = row
    check_role(url, user)
    pooled = bool(process != connection.info.backend_pid)
    if pooled:
        connection.prepare_threshold = None
    if zone != "UTC":
        # one of the few settings that PgBouncer keeps per client, in every mode
        connection.execute("set timezone to 'UTC'")
    if not connection.autocommit:
        connection.commit()
    return pooled


def require_session(
    connection: psycopg.Connection[Any], connect: Callable[[], psycopg.Connection[Any]]
) -> None:
    """Does a connection behind a pooler keep a server process of its own?

    Two that take turns on one process, or one that changes it, do not. Nobody can tell for sure: a pooler may give the
    same one each time while nobody else asks.

    Args:
        connection: in autocommit mode, which a pooler stands before.
        connect: makes another of the same address.

    Raises:
        SettingError: it does not; locks would hold for nobody.
    """
    seen = {_process(connection)}
    for _ in range(ATTEMPTS):
        with connect() as other:
            seen_there = _process(other)
            seen.add(_process(connection))
        if len(seen) > 1 or seen_there in seen:
            raise SettingError(
                "DATABASE_URL leads through a pooler in transaction mode, where the locks of jobs hold for nobody. Name "
                "the database's own address there, or a pooler in session mode; pages may use one by DATABASE_READ_URL."
            )


def _process(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("select pg_backend_pid()").fetchone()
    assert row is not None
    return int(row[0])
