"""Restoring a dump: into a database of its own first, by the owner's rights alone, and into place only when its counts are right."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smartmoney.errors import ParameterError, SchemaMismatch, StoreUnavailable
from smartmoney.settings import Settings
from smartmoney.store.server.address import database_url
from smartmoney.store.server.client import client_program, without_password
from smartmoney.store.server.dump_facts import backup_key, count_rows, read_facts
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import check, migrations


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    try:
        file = path.open("rb")
    except OSError:
        raise ParameterError(
            f"{path} is no backup of smartmoney: the dump or its .json beside it is missing."
        ) from None
    with file:
        yield file


def verify_backup(settings: Settings, path: Path) -> None:
    """Restore a dump into a scratch database, compare the counts, and drop it.

    Raises:
        ParameterError: see `read_facts`.
        StoreUnavailable: the copy could not be made, or differs.
    """
    scratch = f"smartmoney_check_{uuid.uuid4().hex[:8]}"
    with _opened(path) as dump:
        facts = read_facts(path, dump, backup_key(settings))
        try:
            _restore_into(settings, path, dump, scratch, facts)
        finally:
            _drop(settings, scratch)


def restore(settings: Settings, path: Path, *, trust: bool = False) -> str:
    """Put a dump in place of the database: restored beside it first, swapped in only when its counts are right.

    Returns the name under which the replaced database is kept. Nothing else may be connected.

    Args:
        settings: of the installation.
        path: the dump.
        trust: restore it though the installation's key did not seal it. It runs by the owner's rights, but what is in
            it is believed.

    Raises:
        ParameterError: see `read_facts`; or it is not sealed and DATABASE_URL names a superuser, by whose rights
            a dump can run programs.
        StoreUnavailable: the dump could not be restored, or somebody is connected.
    """
    name = str(conninfo_to_dict(database_url(settings, "sm_owner"))["dbname"])
    scratch, before = (
        f"{name}_new_{uuid.uuid4().hex[:8]}",
        f"{name}_before_{datetime.now(UTC):%Y%m%d%H%M%S_%f}",
    )
    if trust:
        _require_no_superuser(settings)
    with _opened(path) as dump:
        facts = read_facts(path, dump, None if trust else backup_key(settings))
        try:
            _restore_into(settings, path, dump, scratch, facts)
            with psycopg.connect(_admin(settings)) as connection:  # both renames or none
                _rename(connection, name, before)
                _rename(connection, scratch, name)
        except BaseException:
            _drop(settings, scratch)
            raise
    return before


def _require_no_superuser(settings: Settings) -> None:
    with psycopg.connect(database_url(settings, "sm_owner")) as connection:
        row = connection.execute(
            "select rolsuper from pg_roles where rolname = session_user"
        ).fetchone()
    if row is None or row[0]:
        raise ParameterError(
            "DATABASE_URL connects as a superuser, by whose rights a dump of somebody else's could run programs on the "
            "server. Name a user in it that is none (create role smartmoney login createdb createrole password ...)."
        )


def _admin(settings: Settings) -> str:
    """Where databases are made: as the superuser of the embedded server, else as the user of DATABASE_URL."""
    if settings.database_url is None:
        return EmbeddedPostgres(settings.smartmoney_home).url("postgres", "postgres")
    return make_conninfo(database_url(settings, "sm_owner"), dbname="postgres")


def _restore_into(
    settings: Settings, path: Path, dump: BufferedReader, name: str, facts: dict[str, Any]
) -> None:
    """Make database `name` from the dump, with the rights a fresh one has, and compare its counts.

    Whatever is in the dump, or called by what it made, runs as the owner of the database and never as the superuser of the
    embedded server: the owner may neither start programs nor read files of the server.
    """
    admin = _admin(settings)
    owner = str(conninfo_to_dict(database_url(settings, "sm_owner"))["user"])
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} owner {}").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
        )
        connection.execute(
            sql.SQL("revoke connect, temporary on database {} from public").format(
                sql.Identifier(name)
            )
        )
        connection.execute(
            sql.SQL("grant connect on database {} to sm_ingest, sm_read").format(
                sql.Identifier(name)
            )
        )
        connection.execute(
            sql.SQL("grant temporary on database {} to sm_ingest").format(sql.Identifier(name))
        )
    by_owner = make_conninfo(database_url(settings, "sm_owner"), dbname=name)
    place, environment = without_password(by_owner)
    done = subprocess.run(
        [client_program("pg_restore"), "--exit-on-error", "--no-owner", "-d", place],
        env=environment,
        stdin=dump,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoreUnavailable(
            f"{path} could not be restored: {done.stderr.strip().splitlines()[-1]}"
        )
    with psycopg.connect(by_owner) as connection:
        if count_rows(connection) != facts["counts"]:
            raise StoreUnavailable(
                f"What {path} restores to differs from what was dumped; use another backup."
            )
        try:
            applied: dict[int, str] = dict(
                connection.execute("select number, digest from migration").fetchall()
            )
            check(applied, migrations())
        except (psycopg.errors.UndefinedTable, SchemaMismatch) as error:
            raise StoreUnavailable(
                f"What {path} restores to lacks the migrations of smartmoney; it is no backup of ours."
            ) from error


def _drop(settings: Settings, name: str) -> None:
    with psycopg.connect(_admin(settings), autocommit=True) as connection:
        connection.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )


def _rename(connection: psycopg.Connection, old: str, new: str) -> None:
    try:
        connection.execute(
            sql.SQL("alter database {} rename to {}").format(
                sql.Identifier(old), sql.Identifier(new)
            )
        )
    except psycopg.errors.ObjectInUse as error:
        raise StoreUnavailable(
            "The database is in use; stop smartmoney first (`smartmoney stop`)."
        ) from error
