"""The locks against the advisories of today, by pip-audit, where the network allows; against the stored ones in any case.

.venv/bin/python -m tests.security.audit
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.security.supply import known_bad

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
LONGEST_S = 300
ASK = [
    "--require-hashes",
    "--disable-pip",
    "--progress-spinner",
    "off",
    "--timeout",
    "10",
    "--format",
    "json",
]


def asked(lock: Path) -> dict[str, Any]:
    """What pip-audit says of a lock; nothing when it cannot ask."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", "-r", str(lock), *ASK],
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        return dict(json.loads(done.stdout))
    except (ValueError, subprocess.TimeoutExpired):
        return {}


def judged(name: str, said: dict[str, Any]) -> tuple[str, bool]:
    """A line about a lock for people, and whether the build may go on."""
    told = [each for each in said.get("dependencies", []) if "vulns" in each]
    bad = [
        f"{each['name']} {each['version']}: {', '.join(one['id'] for one in each['vulns'])}"
        for each in told
        if each["vulns"]
    ]
    if bad:
        return f"{name}: {'; '.join(bad)}", False
    if not told:
        return (
            f"{name}: the advisories of today cannot be asked from here; the stored ones name no pin.",
            True,
        )
    return f"{name}: {len(told)} pins, no advisory of today names one.", True


def main() -> int:
    """Print a line a lock; 1 when a pin is known to be bad."""
    fine = True
    for name in LOCKS:
        stored = known_bad((ROOT / name).read_text(encoding="utf-8"))
        line, good = ("\n".join(stored), False) if stored else judged(name, asked(ROOT / name))
        print(line)
        fine = fine and good
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
