"""Registers what the worker runs: one deployment per job, with its schedule, and the pipeline on demand.

A deployment is written when what we know of it changed since it was last written; so what was paused or edited in
Prefect's UI stays as it is.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
    FlowRun,
    StateType,
)
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Cancelled
from prefect.workers.process import ProcessWorker

from flows import deployed
from flows.jobs import JOBS
from flows.notebook import schema_of
from flows.pipeline import pipeline
from smartmoney.settings import Settings

POOL = "smartmoney"
CATCH_UP = 1  # late runs kept per deployment after a pause: flows catch up by cursor, so one does the work of all
SIDE_BY_SIDE = 5  # runs at once, over all machines, of a job whose work can be shared
GRACE = timedelta(seconds=5)
AT_ONCE = 8  # missed runs cancelled at once


async def register(client: PrefectClient, settings: Settings) -> list[str]:
    """Bring work pool and deployments up to date; returns the names of the deployments that were written."""
    await _pool(client)
    written = []
    for job in JOBS.values():
        runs = max(SIDE_BY_SIDE, settings.worker_concurrency) if job.side_by_side else 1
        plan = Plan(f"flows.deployed.{job.name}", job.interval(settings), job.shift, runs)
        if await _deployment(client, getattr(deployed, job.name), plan):
            written.append(job.name)
    if await _deployment(client, pipeline, Plan("flows.pipeline.pipeline")):
        written.append(pipeline.name)
    return written


@dataclass(frozen=True)
class Plan:
    """Where a deployment's flow is, its seconds between runs (0: on demand) and their shift, and runs at once."""

    entrypoint: str
    seconds: int = 0
    shift: int = 0
    runs: int = 1


async def _pool(client: PrefectClient) -> None:
    """The pool knows nothing of any machine: each worker starts runs in its own way."""
    template = ProcessWorker.get_default_base_job_template()
    try:
        await client.create_work_pool(
            WorkPoolCreate(name=POOL, type="process", base_job_template=template)
        )
    except ObjectAlreadyExists:
        await client.update_work_pool(POOL, WorkPoolUpdate(base_job_template=template))


async def _deployment(client: PrefectClient, flow: Flow[..., Any], plan: Plan) -> bool:
    """Write one deployment unless it stands as we would write it; was it written?"""
    schema = schema_of(flow)
    version = hashlib.sha256(
        json.dumps([schema, *astuple(plan)], sort_keys=True).encode()
    ).hexdigest()[:12]
    known = await _read(client, f"{flow.name}/{flow.name}")
    if known is not None and known.version == version:
        return False
    flow_id = await client.create_flow(flow)
    active = known is None or not known.schedules or any(each.active for each in known.schedules)
    await client.create_deployment(
        flow_id,
        flow.name,
        version=version,
        description=flow.description,
        entrypoint=plan.entrypoint,
        work_pool_name=POOL,
        parameter_openapi_schema=schema,
        enforce_parameter_schema=True,
        schedules=_schedules(plan.seconds, plan.shift, active),
        concurrency_limit=plan.runs,
        paused=known.paused if known else False,
        concurrency_options=ConcurrencyOptions(
            collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
    )
    return True


def _schedules(seconds: int, shift: int, active: bool) -> list[DeploymentScheduleCreate]:
    """Every `seconds`, the first time `shift` seconds before they have passed; none when the schedule is off."""
    if not seconds:
        return []
    anchor = datetime.now(UTC) - timedelta(seconds=shift)
    return [
        DeploymentScheduleCreate(
            active=active,
            schedule=IntervalSchedule(interval=timedelta(seconds=seconds), anchor_date=anchor),
        )
    ]


async def _read(client: PrefectClient, name: str) -> DeploymentResponse | None:
    try:
        return await client.read_deployment_by_name(name)
    except ObjectNotFound:
        return None


async def collapse_late(client: PrefectClient) -> int:
    """After a pause, keep the newest late run of each deployment and cancel the others; returns how many were."""
    late = await client.read_flow_runs(
        flow_run_filter=_in_state(StateType.SCHEDULED),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=200,
    )
    overdue: dict[UUID | None, list[FlowRun]] = {}
    for run in late:
        when = run.next_scheduled_start_time or run.expected_start_time
        if when is not None and when < datetime.now(UTC) - GRACE and run.auto_scheduled:
            overdue.setdefault(run.deployment_id, []).append(run)
    missed, turns = (
        [run for rows in overdue.values() for run in rows[:-CATCH_UP]],
        asyncio.Semaphore(AT_ONCE),
    )

    async def cancel(run: FlowRun) -> None:
        async with turns:
            await client.set_flow_run_state(
                run.id, Cancelled(message="Missed; a later run catches up."), force=True
            )

    await asyncio.gather(*map(cancel, missed))
    return len(missed)


async def running(client: PrefectClient) -> list[FlowRun]:
    """Runs that were begun and have not ended, as Prefect believes."""
    return await client.read_flow_runs(
        flow_run_filter=_in_state(StateType.PENDING, StateType.RUNNING, StateType.CANCELLING),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=200,
    )


def _in_state(*kinds: StateType) -> FlowRunFilter:
    return FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(kinds))))
