"""Run one job's notebook and say how it ended. Knows papermill, not Prefect."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from flows import engine, parameters
from flows.jobs import NotebookJob
from flows.publish import Slot, publish
from smartmoney import errors
from smartmoney.jobs.report import REPORT_TYPE
from smartmoney.settings import Settings, get_settings

log = logging.getLogger(__name__)
logging.getLogger("papermill").setLevel(
    logging.ERROR
)  # it warns of every parameter whose type has a bar in it
FINISHED = ("done", "nothing to do", "already running")


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        status: done, nothing to do, already running, failed or timed out.
        sentences: the report in words, or the sentence of the error.
        report: path of the executed notebook below the folder of reports, if one was written.
        run_id: the row of `ingestion_run`, if the job got that far.
        temporary: may the same call succeed later?
        details: `parameters`, `read` and `written` of the job's report.
    """

    status: str
    sentences: list[str]
    report: str | None = None
    run_id: int | None = None
    temporary: bool = False
    details: dict[str, Any] = field(default_factory=dict)


def execute(
    job: NotebookJob,
    values: dict[str, Any],
    run: str | None = None,
    settings: Settings | None = None,
) -> Outcome:
    """Check the parameters, run the notebook in a kernel of its own, publish it, and say how it ended.

    Args:
        job: which notebook.
        values: its parameters, JSON-native.
        run: id that names the report; a new one by default.

    Raises:
        ParameterError: a parameter is unknown or of the wrong type; nothing was started.
    """
    settings = settings or get_settings()
    parameters.check(job.notebook, values)
    slot = Slot.now(job.name, run or uuid.uuid4().hex)
    ending = _run(job, values, slot, settings)
    report = _report(slot, settings)
    kept, run_id = publish(slot, settings), report.get("run_id")
    if ending is not None:
        status, sentence, temporary = ending
        return Outcome(status, [sentence], kept, run_id, temporary, report)
    status = report.get("status", "done")
    return Outcome(
        status if status in FINISHED else "failed",
        report.get("sentences", []),
        kept,
        run_id,
        details=report,
    )


def _run(
    job: NotebookJob, values: dict[str, Any], slot: Slot, settings: Settings
) -> tuple[str, str, bool] | None:
    """None when the notebook ran to its end, else status, sentence, and whether a later try may succeed."""
    try:
        execute_notebook(
            job.notebook,
            slot.aside(settings),
            values,
            engine_name=engine.NAME,
            kernel_name="python3",
            progress_bar=False,
            log_output=True,
            seconds=settings.job_timeout_s,
            env=engine.kernel_environment(settings),
        )
    except PapermillExecutionError as error:
        return _failed(job, error)
    except engine.TimedOut:
        return (
            "timed out",
            (
                f"{job.name} took longer than {settings.job_timeout_s} s and was stopped; "
                "JOB_TIMEOUT_S sets the limit."
            ),
            False,
        )
    except DeadKernelError:
        return (
            "failed",
            (
                f"The kernel of {job.name} died, perhaps for want of memory; JOB_MEMORY_MB is "
                f"{settings.job_memory_mb}."
            ),
            False,
        )
    return None


def _failed(job: NotebookJob, error: PapermillExecutionError) -> tuple[str, str, bool]:
    kind = getattr(errors, error.ename, None)
    words = (error.evalue or error.ename).strip().splitlines()[0]
    if kind is errors.AlreadyRunning:
        return "already running", words, False
    if isinstance(kind, type) and issubclass(kind, errors.SmartmoneyError):
        return "failed", words, issubclass(kind, errors.TemporaryError)
    if error.ename == "MemoryError":
        return "failed", f"{job.name} needed more memory than JOB_MEMORY_MB allows.", False
    return "failed", f"{job.name} stopped in cell {error.exec_count}: {error.ename}: {words}", False


def _report(slot: Slot, settings: Settings) -> dict[str, Any]:
    """What the job's report said of itself, read from the outputs of the executed notebook."""
    try:
        notebook = nbformat.read(slot.aside(settings), as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError):
        return {}
    bundles = [
        output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])
    ]
    reports = [bundle[REPORT_TYPE] for bundle in bundles if REPORT_TYPE in bundle]
    return dict(reports[-1]) if reports else {}
