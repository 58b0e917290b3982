"""What a running installation notes of itself for other commands: process id, start, source, addresses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ADDRESS = re.compile(r"https?://[\w.:\[\]-]{1,200}(/api)?/?")


def state_file(home: Path) -> Path:
    """Where it is noted, in the installation's folder."""
    return home / "run" / "state.json"


def read_state(home: Path) -> dict[str, Any]:
    """What the installation in `home` noted; empty when there is nothing to read."""
    try:
        return dict(json.loads(state_file(home).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def write_state(home: Path, state: dict[str, Any]) -> None:
    """Note what runs."""
    path = state_file(home)
    aside = path.with_suffix(".tmp")
    aside.write_text(json.dumps(state, indent=1))
    aside.replace(path)


def noted_address(home: Path, program: str) -> str:
    """Where a program of the installation is, without a trailing slash; "" when it is not known."""
    addresses = read_state(home).get("addresses")
    address = addresses.get(program) if isinstance(addresses, dict) else None
    if not isinstance(address, str) or not ADDRESS.fullmatch(address):
        return ""
    return address.rstrip("/")
