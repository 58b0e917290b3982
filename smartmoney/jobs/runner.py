"""What surrounds every job: its store, its lock, the row of its run, the check of its parameters, and its report."""

from __future__ import annotations

import difflib
import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from smartmoney.errors import AlreadyRunning, ParameterError, SmartmoneyError
from smartmoney.jobs import plausibility
from smartmoney.jobs.report import JobReport
from smartmoney.registry import Job, first_sentence
from smartmoney.settings import Settings, get_settings
from smartmoney.store.db import Store, open_store
from smartmoney.store.server.setting import claim_source
from smartmoney.store.streams import runs
from smartmoney.store.streams.locks import single_flight

log = logging.getLogger(__name__)
UNRECORDED = "unrecorded"
"""`Annotated[..., UNRECORDED]`: a parameter for tests, neither checked nor kept with the run."""


@dataclass
class JobRun:
    """What the function of a job is given.

    Attributes:
        store: the database, as `sm_ingest`.
        settings: of this process.
        report: to be filled with what was read and written, sentences and tables; its status may be set.
    """

    store: Store
    settings: Settings
    report: JobReport


class JobFunction(Protocol):
    """A job as notebooks, flows and tests call it.

    Attributes:
        job: what it declares.
    """

    job: Job
    __name__: str

    def __call__(
        self, *, store: Store | None = None, settings: Settings | None = None, **parameters: Any
    ) -> JobReport:
        """Run it, and return its report; see `run_job`."""
        ...


def job(**declared: Any) -> Callable[[Callable[..., None]], JobFunction]:
    """Makes a job of a function `(run: JobRun, *, parameters...)`.

    The job opens a store of its own unless it is given one, checks the parameters, takes the lock, records the run, and
    returns the report.

    Args:
        declared: see `smartmoney.registry.Job`; literals only, since they are also read from the source.
    """

    def decorate(function: Callable[..., None]) -> JobFunction:
        module = function.__module__.rpartition(".")[2]
        spec = Job(function.__name__, first_sentence(function.__doc__), module, **declared)

        @functools.wraps(function)
        def run(
            *, store: Store | None = None, settings: Settings | None = None, **parameters: Any
        ) -> JobReport:
            settings = settings or get_settings()
            recorded = check(spec.name, function, parameters)
            with opened(store, settings) as own:

                def work(report: JobReport) -> None:
                    function(JobRun(own, settings, report), **parameters)

                return run_job(own, spec, recorded, work)

        run.job = spec  # type: ignore[attr-defined]
        run.__signature__ = _signature(function)  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return decorate


def check(name: str, function: Callable[..., None], values: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a run that are recorded, with the defaults of those not given.

    Raises:
        ParameterError: a name is not declared, or a value is not of the declared type.
    """
    known, types = _parameters(function), get_type_hints(function, include_extras=True)
    for wrong in values.keys() - known.keys():
        near = difflib.get_close_matches(wrong, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known) or 'none'}."
        raise ParameterError(f"{name} has no parameter {wrong}; {hint}")
    recorded = {
        key: values.get(key, each.default)
        for key, each in known.items()
        if not _is_unrecorded(types[key])
    }
    for key, value in recorded.items():
        try:
            TypeAdapter(types[key]).validate_python(value, strict=True)
        except ValidationError:
            annotation = known[key].annotation
            raise ParameterError(
                f"{name}: {key} must be {annotation}, not {value!r:.80}."
            ) from None
    return recorded


def _parameters(function: Callable[..., None]) -> dict[str, inspect.Parameter]:
    return {
        name: each
        for name, each in inspect.signature(function).parameters.items()
        if each.kind is inspect.Parameter.KEYWORD_ONLY
    }


def _is_unrecorded(hint: Any) -> bool:
    return get_origin(hint) is Annotated and UNRECORDED in get_args(hint)


def _signature(function: Callable[..., None]) -> inspect.Signature:
    """As the function's, with `store` and `settings` in place of the run."""
    given = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=f"{kind} | None"
        )
        for name, kind in (("store", "Store"), ("settings", "Settings"))
    ]
    return inspect.Signature([*_parameters(function).values(), *given], return_annotation=JobReport)


@contextmanager
def opened(store: Store | None, settings: Settings) -> Iterator[Store]:
    """The store a caller gave, or one of the job's own, closed when the job ends.

    Raises:
        SettingError: the database holds numbers from another source than these settings name.
    """
    if store is not None:
        yield store
        return
    own = open_store("sm_ingest", settings, settings.worker_concurrency + 2)
    try:
        claim_source(own, settings.smartmoney_source, settings.world)
        yield own
    finally:
        own.dispose()


def run_job(
    store: Store, spec: Job, parameters: dict[str, Any], work: Callable[[JobReport], None]
) -> JobReport:
    """Run `work` as the only holder of the job's lock, or beside others; the report it fills is returned.

    Args:
        store: where the run is recorded, as `sm_ingest`.
        spec: the job.
        parameters: what is recorded of them, JSON-native.
        work: fills the report.

    Raises:
        SmartmoneyError: what stopped the work; the run is recorded as failed first.
    """
    report = JobReport(spec.name, parameters=parameters)
    try:
        with nullcontext() if spec.side_by_side else single_flight(store, spec.name):
            if not spec.side_by_side:
                runs.close_orphans(store, spec.name)
            report.run_id = runs.begin(store, spec.name, parameters)
            _work(store, report, work)
    except AlreadyRunning as busy:
        report.status = "already running"
        report.sentences = [str(busy)]
    report.ended_at = datetime.now(UTC)
    log.info("%s", report)
    return report


def _work(store: Store, report: JobReport, work: Callable[[JobReport], None]) -> None:
    assert report.run_id is not None
    try:
        work(report)
        plausibility.look(store, report)
    except BaseException as error:
        status = "failed" if isinstance(error, Exception) else "cancelled"
        sentence = (
            str(error) if isinstance(error, SmartmoneyError) else f"{type(error).__name__}: {error}"
        )
        runs.end(store, report.run_id, status, report.read, report.written, sentence or status)
        raise
    runs.end(store, report.run_id, report.status, report.read, report.written)
