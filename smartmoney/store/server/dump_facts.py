"""What lies beside a dump: its facts, and a seal by the key of the installation, so that only our own dumps are restored."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from io import BufferedReader
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from smartmoney.errors import ParameterError, SettingError
from smartmoney.settings import Settings
from smartmoney.store.server.migrate import migrations

FORMAT = "smartmoney-backup-2"
UNSEALED = "smartmoney-backup-1"
"""Dumps made before 2026-11-27."""
KEY = "backup.key"
SHORTEST_KEY = 32
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


def backup_key(settings: Settings) -> bytes:
    """The key that dumps are sealed with: BACKUP_KEY, else that of the installation, which is made at the first call.

    Whoever can write to the folder of dumps does not have it: it lies in the home folder, readable by its owner only.

    Raises:
        SettingError: the key is too short to keep anybody out.
    """
    if settings.backup_key is not None:
        text = settings.backup_key.get_secret_value()
        where = "BACKUP_KEY"
    else:
        path = settings.smartmoney_home / KEY
        _make(path)
        text, where = path.read_text().strip(), str(path)
    if len(text) < SHORTEST_KEY:
        raise SettingError(
            f"{where} has fewer than {SHORTEST_KEY} characters; dumps need a longer key."
        )
    return text.encode()


def _make(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(aside, path)
    except FileExistsError:  # another process was quicker
        pass
    aside.unlink()


def digest(file: BufferedReader) -> str:
    """SHA-256 of a file from its beginning."""
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return found


def seal(facts: dict[str, Any], key: bytes) -> str:
    """HMAC-SHA256 of the facts, the dump's digest among them."""
    text = json.dumps({name: facts[name] for name in sorted(facts) if name != "seal"})
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def write_facts(path: Path, facts: dict[str, Any], key: bytes) -> None:
    """Write the facts beside a dump, sealed; readable by their owner only."""
    descriptor = os.open(path.with_suffix(".json"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({**facts, "seal": seal(facts, key)}, file, indent=1)


def read_facts(path: Path, dump: BufferedReader, key: bytes | None) -> dict[str, Any]:
    """The facts beside a dump, after checking that the dump is undamaged and sealed by us.

    Args:
        path: of the dump.
        dump: the same, opened: what is restored is what was checked.
        key: see `backup_key`; None believes a dump whoever made it.

    Raises:
        ParameterError: it is not ours, its checksum differs, or it comes from a newer version.
    """
    beside = path.with_suffix(".json")
    try:
        facts = json.loads(beside.read_text())
        known = facts["format"] in (FORMAT, UNSEALED) and isinstance(facts["counts"], dict)
        text, schema, mark = str(facts["sha256"]), int(facts["schema"]), str(facts.get("seal"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        known = False
    if not known:
        raise ParameterError(
            f"{beside} does not describe a backup of smartmoney; only our own dumps are restored."
        )
    if text != digest(dump):
        raise ParameterError(
            f"{path} is damaged: its checksum differs from the one written with it. Use another backup."
        )
    if key is not None and not hmac.compare_digest(mark.encode(), seal(facts, key).encode()):
        raise ParameterError(
            f"{path} was not made by this installation: the key of its home folder does not fit. Bring the key that it was "
            f"made with ({KEY} of that installation's home folder, or BACKUP_KEY). If you trust whoever gave you the "
            "dump with all that is in your database, restore it with --trust."
        )
    if schema > max(step.number for step in migrations()):
        raise ParameterError(
            f"{path} comes from a newer smartmoney (schema {schema}); update first."
        )
    return dict(facts)


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows per table, and the sum of all cash: what must be equal after a restore."""
    found = {}
    for table in TABLES_COUNTED:
        row = connection.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier(table))
        ).fetchone()
        found[table] = int(row[0]) if row else 0
    row = connection.execute("select coalesce(sum(cash_micro), 0)::bigint from trade").fetchone()
    return {**found, "cash_micro": int(row[0]) if row else 0}
