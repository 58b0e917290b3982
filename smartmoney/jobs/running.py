"""What every job does around its work: hold the stream's lock, keep a row of the run, turn its end into a report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from smartmoney.errors import AlreadyRunning, SmartmoneyError
from smartmoney.jobs.report import JobReport
from smartmoney.settings import Settings
from smartmoney.store import runs
from smartmoney.store.db import Store, open_store
from smartmoney.store.locks import single_flight

log = logging.getLogger(__name__)
Work = Callable[[JobReport], None]


@contextmanager
def opened(store: Store | None, settings: Settings, pool_size: int = 5) -> Iterator[Store]:
    """The store a caller gave, or one of the job's own, closed when the job ends."""
    if store is not None:
        yield store
        return
    own = open_store("sm_ingest", settings, pool_size)
    try:
        yield own
    finally:
        own.dispose()


def run_job(
    store: Store, job: str, asked: dict[str, Any], work: Work, shared: bool = False
) -> JobReport:
    """Run `work` as the only holder of the job's stream; the report it fills is returned.

    Args:
        store: where the run is recorded, as `sm_ingest`.
        job: name of the job.
        asked: its parameters, JSON-native.
        work: fills the report's `came`, `changed`, `sentences` and `tables`, and may set its status.
        shared: several runs may work side by side, because each leases the streams it works on.

    Raises:
        SmartmoneyError: what stopped the work; the run is recorded as failed first.
    """
    report = JobReport(job, asked=asked)
    try:
        with nullcontext() if shared else single_flight(store, job):
            if not shared:
                runs.close_orphans(store, job)
            report.run_id = runs.begin(store, job, asked)
            _work(store, report, work)
    except AlreadyRunning as busy:
        report.status = "already running"
        report.sentences = [str(busy)]
    report.ended_at = datetime.now(UTC)
    log.info("%s", report)
    return report


def _work(store: Store, report: JobReport, work: Work) -> None:
    assert report.run_id is not None
    try:
        work(report)
    except BaseException as error:
        status = "failed" if isinstance(error, Exception) else "cancelled"
        words = (
            str(error) if isinstance(error, SmartmoneyError) else f"{type(error).__name__}: {error}"
        )
        runs.end(store, report.run_id, status, report.came, report.changed, words or status)
        raise
    runs.end(store, report.run_id, report.status, report.came, report.changed)


def attach_report(run_id: int, flow_run_id: str | None, path: str | None) -> None:
    """Link a recorded run with its Prefect run and its executed notebook."""
    store = open_store("sm_ingest")
    try:
        runs.attach(store, run_id, flow_run_id, path)
    finally:
        store.dispose()
