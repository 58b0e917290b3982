"""Reports are kept as long as the setting says, wherever they lie."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import fsspec
import pytest

from flows.publish import _put
from smartmoney.jobs.upkeep import prune_reports
from smartmoney.settings import load

DAYS = ("2026-05-01", "2026-05-17", "2026-05-18", "2026-06-01", "not-a-day")


@pytest.mark.parametrize("elsewhere", [False, True], ids=["folder", "address"])
def test_old_days_go_and_nothing_else(tmp_path: Path, elsewhere: bool) -> None:
    settings = load(
        smartmoney_home=tmp_path,
        reports_url="memory://kept" if elsewhere else None,
        retention_reports_days=14,
    )
    place = settings.reports_url or str(tmp_path / "reports")
    for day in DAYS:
        _put(place, f"sync_markets/{day}/run.ipynb", "{}")
    assert prune_reports(settings, date(2026, 6, 1)) == 2
    files, root = fsspec.core.url_to_fs(place)
    assert sorted(path.split("/")[-2] for path in files.glob(f"{root}/*/*/*")) == [
        "2026-05-18",
        "2026-06-01",
        "not-a-day",
    ]
    assert prune_reports(settings, date(2026, 6, 1)) == 0


def test_where_no_report_was_made_there_is_nothing_to_delete(tmp_path: Path) -> None:
    assert prune_reports(load(smartmoney_home=tmp_path / "none"), date(2026, 6, 1)) == 0
