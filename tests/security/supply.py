"""Locked versions against the advisories stored beside this file; `python -m tests.security.supply FILE` for a build."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

ADVISORIES = json.loads((Path(__file__).parent / "advisories.json").read_text(encoding="utf-8"))


def pins(lock: str) -> list[tuple[str, Version]]:
    """Name and version of every pin of a lock file."""
    found = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", lock)
    return [(canonicalize_name(name), Version(version)) for name, version in found]


def known_bad(lock: str) -> list[str]:
    """A sentence for each pin that an advisory names."""
    return [
        f"{name} {version} is affected by {advisory['id']} ({advisory['about']}); take {advisory['fixed']} or later."
        for name, version in pins(lock)
        for advisory in ADVISORIES
        if name == advisory["package"] and version < Version(advisory["fixed"])
    ]


if __name__ == "__main__":
    sentences = known_bad(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print("\n".join(sentences) or "No pin is known to be bad.")
    sys.exit(bool(sentences))
