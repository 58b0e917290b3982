"""Backups: a dump of the database, with its facts beside it, tried out before it counts."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from smartmoney.errors import StoreUnavailable
from smartmoney.settings import Settings
from smartmoney.store.server.address import database_url
from smartmoney.store.server.client import client_program, without_password
from smartmoney.store.server.dump_facts import (
    FORMAT,
    backup_key,
    count_rows,
    digest,
    write_facts,
)
from smartmoney.store.server.migrate import migrations
from smartmoney.store.server.restoring import verify_backup


def backup(settings: Settings, folder: Path, verify: bool = True) -> Path:
    """Dump the database into `folder`; returns the dump's path. Its facts lie beside it (`.json`), sealed by the installation's key.

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
    place, environment = without_password(url)
    with psycopg.connect(url) as connection, os.fdopen(descriptor, "wb") as file:
        connection.execute("set transaction isolation level repeatable read, read only")
        snapshot = connection.execute("select pg_export_snapshot()").fetchone()
        counts = count_rows(connection)
        done = subprocess.run(
            [
                client_program("pg_dump"),
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
    with aside.open("rb") as dumped:
        facts = {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(),
            "sha256": digest(dumped),
            "counts": counts,
            "schema": max(step.number for step in migrations()),
        }
    write_facts(path, facts, backup_key(settings))
    aside.rename(path)
    if verify:
        verify_backup(settings, path)
    return path
