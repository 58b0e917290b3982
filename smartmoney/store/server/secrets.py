"""Passwords of the database roles, made once and kept in a file only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

ROLES = ("sm_owner", "sm_ingest", "sm_read", "prefect", "postgres")


def role_passwords(home: Path) -> dict[str, str]:
    """Password per database role of the installation in `home`, made at the first call.

    The file `home/secrets.json` is created with mode 0600 and never changed afterwards.
    """
    path = home / "secrets.json"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        made = {role: secrets.token_urlsafe(24) for role in ROLES}
        aside = path.with_suffix(f".{os.getpid()}.tmp")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file)
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        aside.unlink()
    return dict(json.loads(path.read_text()))
