"""Backups: a dump with a checksum beside it, and a restore that refuses what is damaged or not ours."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smartmoney.errors import ParameterError, StoreUnavailable
from smartmoney.settings import Settings
from smartmoney.store.server.address import database_url
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import migrations

FORMAT = "smartmoney-backup-1"
TABLES_COUNTED = (
    "trader",
    "market",
    "outcome",
    "event",
    "trade",
    "activity",
    "position",
    "trader_score",
    "market_smart_stats",
    "ingestion_state",
)


def _program(name: str) -> str:
    """pg_dump or pg_restore: the embedded server's own, which reads every server up to its version."""
    return str(EmbeddedPostgres.client(name))


def _counts(connection: psycopg.Connection) -> dict[str, int]:
    """Rows per table, and the sum of all cash: what must be equal after a restore."""
    found = {}
    for table in TABLES_COUNTED:
        row = connection.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier(table))
        ).fetchone()
        found[table] = int(row[0]) if row else 0
    row = connection.execute("select coalesce(sum(cash_micro), 0)::bigint from trade").fetchone()
    return {**found, "cash_micro": int(row[0]) if row else 0}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def backup(settings: Settings, folder: Path, verify: bool = True) -> Path:
    """Dump the database into `folder`; returns the dump's path. Its facts and checksum lie beside it (`.json`).

    Args:
        folder: made when missing; the files are readable by their owner only.
        verify: restore the dump into a scratch database and compare the counts.

    Raises:
        StoreUnavailable: the dump failed, or its restored copy differs.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = database_url(settings, "sm_owner")
    path = folder / f"smartmoney-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
    aside = path.with_suffix(".part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    place, environment = _quietly(url)
    with psycopg.connect(url) as connection, os.fdopen(descriptor, "wb") as file:
        connection.execute("set transaction isolation level repeatable read, read only")
        snapshot = connection.execute("select pg_export_snapshot()").fetchone()
        counts = _counts(connection)
        done = subprocess.run(
            [
                _program("pg_dump"),
                "-Fc",
                f"--snapshot={snapshot[0] if snapshot else ''}",
                "-d",
                place,
            ],
            env=environment,
            stdout=file,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode:
        aside.unlink()
        raise StoreUnavailable(
            f"The backup failed: {done.stderr.decode(errors='replace').strip().splitlines()[-1]}"
        )
    facts = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(),
        "sha256": _digest(aside),
        "counts": counts,
        "schema": max(step.number for step in migrations()),
    }
    descriptor = os.open(path.with_suffix(".json"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file_text:
        json.dump(facts, file_text, indent=1)
    aside.rename(path)
    if verify:
        verify_backup(settings, path)
    return path


def read_facts(path: Path) -> dict[str, object]:
    """The facts beside a dump, after checking that the dump is ours and undamaged.

    Raises:
        ParameterError: there is no such dump, it is not ours, or its checksum differs.
    """
    beside = path.with_suffix(".json")
    if not path.is_file() or not beside.is_file():
        raise ParameterError(
            f"{path} is no backup of smartmoney: the dump or its .json beside it is missing."
        )
    try:
        facts: dict[str, Any] = json.loads(beside.read_text())
    except ValueError:
        facts = {}
    if facts.get("format") != FORMAT:
        raise ParameterError(
            f"{beside} does not describe a backup of smartmoney; only our own dumps are restored."
        )
    if facts.get("sha256") != _digest(path):
        raise ParameterError(
            f"{path} is damaged: its checksum differs from the one written with it. Use another backup."
        )
    if int(facts["schema"]) > max(step.number for step in migrations()):
        raise ParameterError(
            f"{path} comes from a newer smartmoney (schema {facts['schema']}); update first."
        )
    return dict(facts)


def verify_backup(settings: Settings, path: Path) -> None:
    """Restore a dump into a scratch database, compare the counts, and drop it.

    Raises:
        ParameterError: see `read_facts`.
        StoreUnavailable: the copy could not be made, or differs.
    """
    facts = read_facts(path)
    scratch = f"smartmoney_check_{uuid.uuid4().hex[:8]}"
    try:
        _restore_into(settings, path, scratch, facts)
    finally:
        _drop(settings, scratch)


def restore(settings: Settings, path: Path) -> str:
    """Put a dump in place of the database: restored beside it first, swapped in only when its counts are right.

    Returns the name under which the replaced database is kept. Nothing else may be connected.

    Raises:
        ParameterError: see `read_facts`.
        StoreUnavailable: the dump could not be restored, or somebody is connected.
    """
    facts = read_facts(path)
    name = str(conninfo_to_dict(database_url(settings, "sm_owner"))["dbname"])
    scratch, before = (
        f"{name}_new_{uuid.uuid4().hex[:8]}",
        f"{name}_before_{datetime.now(UTC):%Y%m%d%H%M%S_%f}",
    )
    try:
        _restore_into(settings, path, scratch, facts)
        with psycopg.connect(_admin(settings), autocommit=True) as connection:
            _rename(connection, name, before)
            _rename(connection, scratch, name)
    except BaseException:
        _drop(settings, scratch)
        raise
    return before


def _admin(settings: Settings) -> str:
    """Where databases are made: as the superuser of the embedded server, else as the user of DATABASE_URL."""
    if settings.database_url is None:
        return EmbeddedPostgres(settings.smartmoney_home).url("postgres", "postgres")
    return make_conninfo(database_url(settings, "sm_owner"), dbname="postgres")


def _quietly(url: str) -> tuple[str, dict[str, str]]:
    """Where to connect without the password, and an environment with it: anybody sees what programs are started with."""
    found = conninfo_to_dict(url)
    password = found.pop("password", None)
    return make_conninfo("", **found), os.environ | (
        {"PGPASSWORD": str(password)} if password else {}
    )


def _restore_into(settings: Settings, path: Path, name: str, facts: dict[str, object]) -> None:
    """Make database `name` from the dump, with the rights a fresh one has, and compare its counts."""
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
    place, environment = _quietly(make_conninfo(admin, dbname=name))
    done = subprocess.run(
        [
            _program("pg_restore"),
            "--exit-on-error",
            "--no-owner",
            f"--role={owner}",
            "-d",
            place,
            str(path),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoreUnavailable(
            f"{path} could not be restored: {done.stderr.strip().splitlines()[-1]}"
        )
    with psycopg.connect(make_conninfo(admin, dbname=name)) as connection:
        if _counts(connection) != facts["counts"]:
            raise StoreUnavailable(
                f"What {path} restores to differs from what was dumped; use another backup."
            )


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
