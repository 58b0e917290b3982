"""A notebook of one's own is a job: found by its name, described by its title, scheduled by its parameter, run like any other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows import deployed, jobs
from flows.execute import execute
from smartmoney.errors import ParameterError
from smartmoney.settings import SETTINGS_FILE, Settings
from smartmoney.supervise.paths import ROOT
from tests.kit.installed import settings_file

TEMPLATE = ROOT / "notebooks" / "templates" / "new_analysis.ipynb"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with one job, and files that are none."""
    folder = tmp_path / "own"
    folder.mkdir()
    text = TEMPLATE.read_text()
    (folder / "busy_markets.ipynb").write_text(
        text.replace("every_s: int = 0", "every_s: int = 3600")
    )
    shutil.copy(TEMPLATE, folder / "on_demand.ipynb")
    shutil.copy(TEMPLATE, folder / "sync_markets.ipynb")
    shutil.copy(TEMPLATE, folder / "no name.ipynb")
    (folder / "broken.ipynb").write_text("{")
    return folder


def test_own_notebooks_are_jobs(mine: Path) -> None:
    found = jobs.own(mine)
    assert set(found) == {"busy_markets", "on_demand"}
    job = found["busy_markets"]
    assert (job.does, job.interval(Settings()), found["on_demand"].interval(Settings())) == (
        "Where the money went",
        3600,
        0,
    )


def test_one_runs_with_checked_parameters(
    mine: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTINGS_FILE, str(settings_file(settings)))
    job = jobs.own(mine)["busy_markets"]
    with pytest.raises(ParameterError, match="days"):
        execute(job, {"dayz": 3}, settings=settings)
    outcome = execute(job, {"days": 3}, settings=settings)
    assert outcome.status == "done", outcome
    report = (settings.smartmoney_home / "reports" / str(outcome.report)).read_text()
    assert "In 3 days" in report


def test_it_has_a_flow_of_its_name(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, job in jobs.own(mine).items():
        monkeypatch.setitem(jobs.JOBS, name, job)
    try:
        assert (
            deployed.busy_markets.name == "busy_markets"
            and deployed.busy_markets.description == "Where the money went"
        )
    finally:
        vars(deployed).pop("busy_markets", None)
    with pytest.raises(AttributeError):
        _ = deployed.nobody
