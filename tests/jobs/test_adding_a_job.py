"""A new job is a function and a notebook; its setting, flow, deployment, schedule and health sentence follow from them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from smartmoney.errors import ParameterError
from smartmoney.jobs import runner
from smartmoney.jobs.runner import JobRun, job
from smartmoney.registry import declared, first_pass
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.streams import runs
from smartmoney.supervise.paths import ROOT

FUNCTION = '''
from __future__ import annotations

from smartmoney.jobs.runner import JobRun, job


@job(every=3_600, shift=110, feeds_alerts=True, first_pass=(8,), late="the counts are old")
def count_wallets(run: JobRun, *, least_trades: int = 10) -> None:
    """Count the wallets
    of each tier.

    More of it.
    """
'''
ASK = """
import json
from flows import deployed, deployments, jobs, pipeline
from smartmoney.settings import load
from smartmoney.store.server.health import _judged
from smartmoney.supervise.example import jobs_table, table
from datetime import UTC, datetime
import smartmoney.jobs

settings = load(schedule_count_wallets_s=7_200)
job = jobs.JOBS["count_wallets"]
now = datetime(2026, 1, 1, tzinfo=UTC)
row = {"job": job.name, "last_success_at": datetime(2025, 1, 1, tzinfo=UTC)}
print(json.dumps({
    "schedule": settings.schedules()[job.name],
    "interval": job.interval(settings),
    "flow": [deployed.count_wallets.name, deployed.count_wallets.description],
    "pipeline": pipeline.ORDER[-1],
    "alerts": job.feeds_alerts,
    "late": _judged(row, 7_200, now, None)["consequence"],
    "tables": ["count_wallets" in jobs_table(), "SCHEDULE_COUNT_WALLETS_S" in table()],
    "function": smartmoney.jobs.count_wallets.job.shift,
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product in which one function and one notebook were added."""
    root = tmp_path_factory.mktemp("copy")
    for folder in ("smartmoney", "flows", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "smartmoney" / "jobs" / "counting.py").write_text(FUNCTION)
    cell = nbformat.v4.new_code_cell("least_trades: int = 10", metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Counts"), cell])
    nbformat.write(notebook, root / "notebooks" / "count_wallets.ipynb")
    return root


def test_function_and_notebook_are_all_it_takes(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "HOME": str(copy), "PREFECT_LOGGING_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert json.loads(done.stdout) == {
        "schedule": 7_200,
        "interval": 7_200,
        "flow": ["count_wallets", "Count the wallets of each tier."],
        "pipeline": "count_wallets",
        "alerts": True,
        "late": "the counts are old",
        "tables": [True, True],
        "function": 110,
    }


def test_reading_what_there_is_imports_no_job() -> None:
    code = (
        "import sys, smartmoney.settings, smartmoney.jobs; dir(smartmoney.jobs); "
        "print([name for name in ('pandas', 'numpy', 'numba', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_first_pass_is_in_the_order_declared() -> None:
    order = first_pass(declared())
    assert order[0] == "sync_leaderboard" and order.count("sync_markets") == 2
    assert order.index("calculate_rarity_scores") < order.index("calculate_smart_markets")


@job(late="nobody minds")
def count_something(
    run: JobRun, *, days: int = 7, names: list[str] | None = None, share: float = 0.5
) -> None:
    """Count something."""
    run.report.read = {"rows": days}
    if days > 9:
        raise ValueError("too many")
    run.report.sentences = [f"{days} days."]


def test_a_job_records_its_run_and_returns_its_report(store: Store, settings: Settings) -> None:
    report = count_something(days=3, store=store, settings=settings)
    assert (report.job, report.status, report.read) == ("count_something", "done", {"rows": 3})
    assert report.parameters == {"days": 3, "names": None, "share": 0.5}
    with pytest.raises(ValueError, match="too many"):
        count_something(days=10, store=store, settings=settings)
    with store.raw() as connection:
        rows = connection.execute(
            "select status, asked, came, error from ingestion_run where job = 'count_something' "
            "order by id"
        ).fetchall()
    recorded = {"names": None, "share": 0.5}
    assert [tuple(row) for row in rows] == [
        ("done", {"days": 3, **recorded}, {"rows": 3}, None),
        ("failed", {"days": 10, **recorded}, {"rows": 10}, "ValueError: too many"),
    ]
    assert runs.close_orphans(store, "count_something") == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"dais": 3}, "has no parameter dais; did you mean days?"),
        ({"days": "3"}, "days must be int, not '3'"),
        ({"names": "ada"}, "names must be list"),
        ({"share": None}, "share must be float, not None"),
    ],
)
def test_wrong_parameters_are_a_sentence_and_start_nothing(
    values: dict[str, object], sentence: str, settings: Settings
) -> None:
    with pytest.raises(ParameterError, match=sentence.replace("?", r"\?")):
        count_something(settings=settings, **values)


def test_a_whole_number_is_a_number() -> None:
    function = count_something.__wrapped__  # type: ignore[attr-defined]
    assert runner.check("count_something", function, {"share": 1})["share"] == 1
