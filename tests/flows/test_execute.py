"""A notebook runs in a real kernel, ends in the right state, and leaves a report and nothing else."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from flows.execute import Outcome, execute
from flows.jobs import NotebookJob
from smartmoney.errors import ParameterError
from smartmoney.settings import Settings
from smartmoney.store.server.secrets import role_passwords
from smartmoney.supervise.paths import ROOT
from tests.kit.small_jobs import Write

REPORT = "from smartmoney.jobs.report import JobReport\nJobReport('small', run_id=7, status={status!r}, sentences=['Fine.'])"


def kernels() -> list[psutil.Process]:
    """Kernels of jobs that this process started and that still live."""
    mine = psutil.Process().children(recursive=True)
    return [
        each
        for each in mine
        if each.status() != psutil.STATUS_ZOMBIE and "flows.kernel" in each.cmdline()
    ]


def kept(outcome: Outcome, settings: Settings) -> Path:
    """The executed notebook of a run."""
    assert outcome.report is not None
    return settings.smartmoney_home / "reports" / outcome.report


@pytest.mark.parametrize("status", ["done", "nothing to do", "already running"])
def test_a_finished_run_tells_what_the_report_told(
    write: Write, home: Settings, status: str
) -> None:
    outcome = execute(
        write("total = days * 2\ntotal", REPORT.format(status=status)), {"days": 21}, settings=home
    )
    assert (outcome.status, outcome.sentences, outcome.run_id) == (status, ["Fine."], 7)
    notebook = nbformat.read(kept(outcome, home), as_version=4)
    assert [cell.outputs[0].data["text/plain"] for cell in notebook.cells if cell.get("outputs")][
        0
    ] == "42"
    assert re.fullmatch(r"small/\d{4}-\d\d-\d\d/[0-9a-f]{32}\.ipynb", outcome.report or "")
    assert kernels() == []


@pytest.mark.parametrize(
    ("cell", "status", "words", "temporary"),
    [
        ("1/0", "failed", "small stopped in cell 2: ZeroDivisionError: division by zero", False),
        (
            "from smartmoney.errors import ApiUnavailable\nraise ApiUnavailable('No route.')",
            "failed",
            "No route.",
            True,
        ),
        (
            "from smartmoney.errors import ShapeChanged\nraise ShapeChanged('A field is gone.')",
            "failed",
            "A field is gone.",
            False,
        ),
        (
            "from smartmoney.errors import AlreadyRunning\nraise AlreadyRunning('Busy.')",
            "already running",
            "Busy.",
            False,
        ),
        (
            "import os\nos.kill(os.getpid(), 9)",
            "failed",
            "The kernel of small died, perhaps for want of memory; JOB_MEMORY_MB is 1024.",
            False,
        ),
        (
            "x = bytearray(2 * 2**30)",
            "failed",
            "small needed more memory than JOB_MEMORY_MB allows.",
            False,
        ),
    ],
)
def test_each_way_to_fail_has_its_state_and_sentence(
    write: Write, home: Settings, cell: str, status: str, words: str, temporary: bool
) -> None:
    outcome = execute(write(cell), {}, settings=home)
    assert (outcome.status, outcome.sentences, outcome.temporary) == (status, [words], temporary)
    assert kept(outcome, home).is_file()
    assert kernels() == []


def test_a_notebook_that_never_ends_is_stopped_with_all_it_started(
    write: Write, home: Settings
) -> None:
    job = write(
        "import subprocess\nchild = subprocess.Popen(['sleep', '300'])\nchild.pid",
        "while True:\n    pass",
    )
    began = time.monotonic()
    outcome = execute(job, {}, settings=home.model_copy(update={"job_timeout_s": 3}))
    assert outcome.status == "timed out"
    assert outcome.sentences == [
        "small took longer than 3 s and was stopped; JOB_TIMEOUT_S sets the limit."
    ]
    assert time.monotonic() - began < 20
    notebook = nbformat.read(kept(outcome, home), as_version=4)
    sleeper = int(notebook.cells[-2].outputs[0].data["text/plain"])
    assert (
        not psutil.pid_exists(sleeper) or psutil.Process(sleeper).status() == psutil.STATUS_ZOMBIE
    )
    assert kernels() == []


def test_wrong_parameters_start_no_kernel_and_write_nothing(write: Write, home: Settings) -> None:
    with pytest.raises(ParameterError, match="did you mean days"):
        execute(write("1"), {"day": 1}, settings=home)
    assert not (home.smartmoney_home / "reports").exists()


def test_a_report_names_no_secret_and_no_place_of_this_machine(
    write: Write, home: Settings
) -> None:
    role_passwords(home.smartmoney_home)
    password = json.loads((home.smartmoney_home / "secrets.json").read_text())["sm_owner"]
    cell = (
        f"import sys, pathlib\nprint({password!r}, 'json://canary-of-a-secret@example.org')\n"
        f"print({str(home.smartmoney_home)!r}, {str(ROOT)!r}, sys.prefix)"
    )
    path = kept(execute(write(cell), {}, settings=home), home)
    for text in (path.read_text(), path.with_suffix(".html").read_text()):
        assert "[secret]" in text and password not in text and "canary" not in text
        assert str(home.smartmoney_home) not in text and str(ROOT) not in text


def test_the_kernel_is_told_little(
    write: Write, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "canary")
    path = kept(
        execute(write("import os\nprint(sorted(os.environ.items()))"), {}, settings=home), home
    )
    assert "canary" not in path.read_text() and "KERNEL_MEMORY_MB" in path.read_text()


def test_the_html_twin_loads_nothing_from_elsewhere(write: Write, home: Settings) -> None:
    cell = (
        "from IPython.display import HTML\nHTML(data='<table><tr><td>a &amp; b</td></tr></table>')"
    )
    text = kept(execute(write(cell), {}, settings=home), home).with_suffix(".html").read_text()
    assert "a &amp; b" in text
    assert not re.search(r"(src|href)=[\"'](https?:)?//", text) and "<script" not in text


def test_reports_may_lie_at_any_address(write: Write, home: Settings, tmp_path: Path) -> None:
    elsewhere = home.model_copy(update={"reports_url": f"file://{tmp_path}/elsewhere"})
    outcome = execute(write("1"), {}, settings=elsewhere)
    files = sorted(path.suffix for path in (tmp_path / "elsewhere").rglob("*") if path.is_file())
    assert (
        files == [".html", ".ipynb"] and (tmp_path / "elsewhere" / (outcome.report or "")).is_file()
    )


def test_what_runs_aside_is_not_a_report_yet(write: Write, home: Settings) -> None:
    job: NotebookJob = write(
        "import pathlib, os\nhome = os.environ['JUPYTER_RUNTIME_DIR'].split('/run/')[0]\n"
        "print([str(p.suffix) for p in pathlib.Path(home, 'reports').rglob('*.*')])"
    )
    notebook = nbformat.read(kept(execute(job, {}, settings=home), home), as_version=4)
    assert notebook.cells[-1].outputs[0].text.strip() == "[]"
    assert not list((home.smartmoney_home / "run" / "reports").iterdir())
