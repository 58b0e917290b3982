"""The names the package offers, and what they cost."""

from __future__ import annotations

import subprocess
import sys

import smartmoney.alerts as alerts


def test_every_name_offered_is_there() -> None:
    assert all(getattr(alerts, name) is not None for name in alerts.HOMES)


def test_checking_rules_loads_no_delivery() -> None:
    code = (
        "import sys; from smartmoney.alerts import check, parse; sys.exit('apprise' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
