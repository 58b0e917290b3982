"""Reports are kept as long as the setting says, wherever they lie."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import cast

import fsspec
import nbformat
import pytest

from flows.publish import Slot, _put, publish
from smartmoney.jobs import upkeep
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.runner import JobRun
from smartmoney.jobs.upkeep import prune_reports
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store

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


@pytest.mark.parametrize("url", ["nosuch://bucket/reports", "http://127.0.0.1:9/reports"])
def test_where_the_address_of_reports_is_wrong_or_away_nothing_is_lost(
    home: Settings, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    away = home.model_copy(update={"reports_url": url})
    slot = Slot.now("small", "run")
    nbformat.write(nbformat.v4.new_notebook(metadata={"papermill": {}}), slot.aside(away))
    kept = publish(slot, away)
    reports = home.smartmoney_home / "reports"
    assert kept is not None and (reports / kept).is_file()
    assert (reports / kept).with_suffix(".html").is_file()
    assert "could not be kept at REPORTS_URL" in caplog.text


def test_a_wrong_address_of_reports_does_not_keep_maintenance_from_its_work(home: Settings) -> None:
    away = home.model_copy(update={"reports_url": "nosuch://bucket/reports"})
    report = JobReport("maintenance")
    upkeep._prune_reports(JobRun(cast(Store, None), away, report))
    assert "REPORTS_URL cannot be used" in report.sentences[0]
