"""The one task that runs a notebook, and the flow of a job around it."""

from __future__ import annotations

import inspect
import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from prefect import Flow, flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Completed, Failed, State
from prefect.utilities.callables import parameter_schema

from flows import parameters
from flows.execute import FINISHED, Outcome, execute
from flows.jobs import JOBS, NotebookJob
from smartmoney import logs
from smartmoney.errors import ParameterError, SmartmoneyError, TemporaryError
from smartmoney.settings import get_settings
from smartmoney.store.db import open_store
from smartmoney.store.streams import runs

OTHERS = "others"  # name of the parameters that a notebook does not declare
RETRY_SECONDS = [20, 60, 180]
ALERTS = "evaluate_alerts"
NAMES = {
    "done": "Completed",
    "nothing to do": "NothingToDo",
    "already running": "AlreadyRunning",
    "failed": "Failed",
    "timed out": "TimedOut",
}


class Passing(TemporaryError):
    """The run failed for a reason that may pass.

    Attributes:
        outcome: how it ended.
    """

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.sentences[0])
        self.outcome = outcome


async def may_pass(_task: Any, _run: Any, state: State) -> bool:
    """Is a retry worth it? Only for what can pass."""
    return isinstance(await state.result(raise_on_failure=False), Passing)


@task(
    name="run the notebook",
    retries=len(RETRY_SECONDS),
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=may_pass,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def run_notebook(name: str, values: dict[str, Any]) -> Outcome:
    """Run the notebook of job `name`, record where its report is, and publish a summary.

    Raises:
        Passing: it failed for a reason that may pass; the task is tried again.
    """
    job, began = JOBS[name], datetime.now(UTC)
    outcome = execute(job, values, run=uuid.uuid4().hex)
    record(job, outcome, began)
    publish_summary(job, outcome)
    if outcome.temporary:
        raise Passing(outcome)
    return outcome


def record(job: NotebookJob, outcome: Outcome, began: datetime) -> None:
    """Link the run's row with Prefect's run and the report; end the row where the notebook could not."""
    store = open_store("sm_ingest", get_settings(), 1)
    try:
        run_id = outcome.run_id or runs.newest_open(store, job.name, began)
        if run_id is None:
            return
        if outcome.run_id is None and outcome.status not in FINISHED:
            runs.end(store, run_id, outcome.status, error=outcome.sentences[0])
        runs.attach(store, run_id, flow_run.get_id(), outcome.report)
    except SmartmoneyError as error:
        get_run_logger().warning("The run could not be recorded: %s", error)
    finally:
        store.dispose()


def publish_summary(job: NotebookJob, outcome: Outcome) -> None:
    """Prefect's artifact of the run: the sentences, the counts, and where the executed notebook is."""
    counts = [
        f"| {kind} | {name} | {value} |"
        for kind in ("parameters", "read", "written")
        for name, value in outcome.details.get(kind, {}).items()
    ]
    table = ["", "| | | |", "|---|---|---|", *counts] if counts else []
    lines = [
        f"**{job.name}: {outcome.status}**",
        "",
        *(f"- {sentence}" for sentence in outcome.sentences),
        *table,
    ]
    if outcome.report:
        lines += ["", f"Executed notebook: `reports/{outcome.report}`"]
    create_markdown_artifact(
        "\n".join(lines).replace("<", "&lt;"),
        key=job.name.replace("_", "-"),
        description=f"{job.name}: {outcome.status}",
    )


def run_job(job: NotebookJob, values: dict[str, Any]) -> State:
    """Run a job to its end as a Prefect state: finished, or failed with the sentence that says why."""
    logger = get_run_logger()
    logs.report_errors(get_settings())
    try:
        outcome = run_notebook(job.name, values)
    except Passing as error:
        outcome = error.outcome
    except ParameterError as error:
        return Failed(message=str(error))
    for sentence in outcome.sentences:
        logger.log(logging.INFO if outcome.status in FINISHED else logging.ERROR, sentence)
    if outcome.status in FINISHED:
        if job.feeds_alerts and outcome.status == "done":
            _then_alerts()
        return Completed(name=NAMES[outcome.status], message=" ".join(outcome.sentences)[:500])
    return Failed(name=NAMES[outcome.status], message=" ".join(outcome.sentences)[:500])


def _then_alerts() -> None:
    if not JOBS[ALERTS].notebook.is_file():
        return
    try:
        run_deployment(f"{ALERTS}/{ALERTS}", timeout=0, as_subflow=False)
    except ObjectNotFound:
        get_run_logger().info("%s is not deployed; nothing to start.", ALERTS)


def notebook_flow(name: str) -> Flow[..., Any]:
    """The flow of job `name`; its parameters are those its notebook declares."""
    job = JOBS[name]

    def run(**values: Any) -> State:
        return run_job(job, values)

    run.__name__ = run.__qualname__ = name
    run.__doc__ = job.does
    run.__signature__ = _signature(job)  # type: ignore[attr-defined]
    made: Callable[..., Any] = flow(
        name=name,
        flow_run_name=lambda: f"{name} {datetime.now(UTC):%d %b %H:%M:%S}",
        description=job.does,
        validate_parameters=False,
        persist_result=False,
    )
    return made(run)


def _signature(job: NotebookJob) -> inspect.Signature:
    """As the parameters cell says; empty while the notebook is missing or damaged, which its run then says."""
    try:
        known = parameters.declared(job.notebook).values()
    except ParameterError:
        known = {}.values()
    declared = [
        inspect.Parameter(
            each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=each.type
        )
        for each in known
    ]
    # Prefect ends a run as crashed, without a reason, when a parameter does not fit the signature: take any, and say why.
    return inspect.Signature([*declared, inspect.Parameter(OTHERS, inspect.Parameter.VAR_KEYWORD)])


def schema_of(made: Flow[..., Any]) -> dict[str, Any]:
    """The JSON schema of a flow's parameters, by which Prefect refuses others at once."""
    schema = parameter_schema(made).model_dump_for_openapi()
    schema.get("properties", {}).pop(OTHERS, None)
    schema["required"] = [name for name in schema.get("required", []) if name != OTHERS]
    return schema | {"additionalProperties": False}
