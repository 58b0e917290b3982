"""The worker: Prefect's process worker on our pool, with a warm process that makes its runs start at once.

When it starts it registers the deployments, closes runs whose process died with the last worker, and cancels missed
runs but the newest. When it is told to stop, runs in flight end as cancelled.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import logging
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import PrefectException
from prefect.states import Cancelling, Crashed
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker

from flows import deployments
from flows.warm_server import serve
from smartmoney import logs
from smartmoney.layout import CODE
from smartmoney.settings import Settings, get_settings
from smartmoney.supervise import process_lifetime
from smartmoney.supervise.paths import ROOT, Paths

log = logging.getLogger("worker")
PRELOADED = (
    "prefect.flow_engine",
    "prefect.task_engine",
    "flows.deployed",
    "flows.pipeline",
    "nbconvert.exporters",
)
ENDING_SECONDS = 8
RESTART_SECONDS = 3
WATCH_SECONDS = 60
LOST_AFTER = timedelta(minutes=5)  # heartbeats come every 30 s


def name_of(settings: Settings) -> str:
    """The worker's name: this machine and this installation, so that a later worker knows its own runs."""
    return f"{socket.gethostname()}-{hashlib.sha256(str(settings.smartmoney_home).encode()).hexdigest()[:8]}"


def own(run: FlowRun, name: str) -> bool:
    """Did the worker of this name start the run?"""
    return (
        run.labels.get("prefect.worker.name") == name
        and str(run.infrastructure_pid or "").isdigit()
    )


async def close_dead(client: PrefectClient, name: str) -> int:
    """Mark runs of an earlier worker of this name as crashed when their process is gone; returns how many."""
    closed = 0
    for run in await deployments.running(client):
        if own(run, name) and not psutil.pid_exists(int(run.infrastructure_pid or 0)):
            await client.set_flow_run_state(
                run.id, Crashed(message="Its process ended with the worker."), force=True
            )
            closed += 1
    return closed


async def close_lost(client: PrefectClient, name: str, now: datetime) -> int:
    """Mark runs of other workers as crashed when nothing was heard of their worker for long; returns how many.

    A machine that does not come back would otherwise hold the turn of its jobs for ever. Should it still live, the
    lock on its stream keeps the next run from working beside it.
    """
    lost = {
        each.name
        for each in await client.read_workers_for_work_pool(deployments.POOL, offset=0, limit=200)
        if each.name != name
        and each.last_heartbeat_time
        and now - each.last_heartbeat_time > LOST_AFTER
    }
    closed = 0
    for run in await deployments.running(client):
        if run.labels.get("prefect.worker.name") in lost:
            await client.set_flow_run_state(
                run.id, Crashed(message="Its worker is gone."), force=True
            )
            closed += 1
    return closed


async def watch_others(client: PrefectClient, name: str) -> None:
    """Every minute, close what workers left behind that are gone; Prefect being away is not ours to fix."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            closed = await close_lost(client, name, datetime.now(UTC))
            if closed:
                log.warning("Runs closed whose worker is gone: %d", closed)
        except (httpx.HTTPError, PrefectException) as error:
            log.warning("Prefect could not be asked for lost runs: %s", error)


async def end_runs(client: PrefectClient, name: str) -> None:
    """Cancel what is in flight here and wait for it to end."""
    until = time.monotonic() + ENDING_SECONDS
    mine = [run for run in await deployments.running(client) if own(run, name)]
    for run in mine:
        await client.set_flow_run_state(
            run.id, Cancelling(message="smartmoney is stopping."), force=True
        )
    while mine and time.monotonic() < until:
        await asyncio.sleep(0.2)
        mine = [run for run in await deployments.running(client) if own(run, name)]


def fork_warm(address: Path) -> int:
    """Fork the warm process while this one has imported everything and runs no thread yet; returns its id."""
    for module in PRELOADED:
        importlib.import_module(module)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        process_lifetime.with_parent(signal.SIGTERM, parent)
        serve(address)
    return pid


async def keep_warm(address: Path, pid: int) -> None:
    """Start the warm process again when it ends; while it is away runs start cold. It ends with this process."""
    await asyncio.to_thread(os.waitpid, pid, 0)
    while True:
        log.warning("The warm process ended; starting another.")
        warm = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "flows.warm_server",
            str(address),
            *PRELOADED,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
        )
        await warm.wait()
        await asyncio.sleep(RESTART_SECONDS)


def starts_here(warm: Path) -> type[ProcessJobConfiguration]:
    """How this machine starts a run, whatever the work pool says: through the warm process, cold where it is away."""
    command = shlex.join(
        [sys.executable, "-I", "-S", str(CODE / "flows" / "warm.py"), str(warm), "prefect.engine"]
    )

    class Here(ProcessJobConfiguration):
        def prepare_for_flow_run(self, *given: Any, **named: Any) -> None:
            self.command, self.working_dir = command, ROOT
            super().prepare_for_flow_run(*given, **named)

    return Here


async def tidy(client: PrefectClient, settings: Settings, joining: bool) -> None:
    """Before any run is taken: register the deployments, close dead runs, collapse missed ones.

    A worker that joins from another machine registers nothing: schedules are as the installation's settings say.
    """
    written = [] if joining else await deployments.register(client, settings)
    dead, late = (
        await close_dead(client, name_of(settings)),
        await deployments.collapse_late(client),
    )
    log.info(
        "Deployments written: %s; dead runs closed: %d; missed runs cancelled: %d",
        ", ".join(written) or "none",
        dead,
        late,
    )


async def work(settings: Settings, warm: Path, warm_pid: int, joining: bool) -> None:
    """Take runs until told to stop; then end those in flight as cancelled."""
    logs.report_errors(settings)
    stopping = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    async with get_client() as client:
        beside = [
            asyncio.create_task(keep_warm(warm, warm_pid)),
            asyncio.create_task(watch_others(client, name_of(settings))),
        ]
        await tidy(client, settings, joining)
        (Paths(settings.smartmoney_home).run / "worker.ready").touch()
        worker = ProcessWorker(
            work_pool_name=deployments.POOL,
            limit=settings.worker_concurrency,
            name=name_of(settings),
            create_pool_if_not_found=False,
        )
        worker.job_configuration = starts_here(warm)
        working = asyncio.create_task(worker.start(printer=log.info))
        await asyncio.wait(
            [working, asyncio.create_task(stopping.wait())], return_when=asyncio.FIRST_COMPLETED
        )
        if not stopping.is_set():
            for task in beside:
                task.cancel()
            working.result()
        await end_runs(client, name_of(settings))


def main() -> None:
    """Work until told to stop; with `--join`, for an installation that runs elsewhere."""
    log.setLevel(logging.INFO)
    settings = get_settings()
    Paths(settings.smartmoney_home).make()
    address = Paths(settings.smartmoney_home).socket("warm")
    status = 1
    try:
        asyncio.Runner().run(work(settings, address, fork_warm(address), "--join" in sys.argv))
        status = 0
    except Exception:
        log.exception("The worker cannot go on.")
    os._exit(
        status
    )  # every run has ended; what is left are Prefect's threads, which take seconds to find that out


if __name__ == "__main__":
    main()
