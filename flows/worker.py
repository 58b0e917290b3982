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
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.states import Cancelling, Crashed
from prefect.workers.process import ProcessWorker

from flows import deployments
from flows.warm_server import serve
from smartmoney.settings import Settings, get_settings
from smartmoney.supervise import die
from smartmoney.supervise.places import ROOT, Places

log = logging.getLogger("worker")
PRELOADED = ("prefect.flow_engine", "prefect.task_engine", "flows.deployed", "flows.pipeline",
             "nbconvert.exporters")
ENDING_SECONDS = 8
RESTART_SECONDS = 3


def name_of(settings: Settings) -> str:
    """The worker's name: this machine and this installation, so that a later worker knows its own runs."""
    return f"{socket.gethostname()}-{hashlib.sha256(str(settings.smartmoney_home).encode()).hexdigest()[:8]}"


def own(run: FlowRun, name: str) -> bool:
    """Did the worker of this name start the run?"""
    return run.labels.get("prefect.worker.name") == name and str(run.infrastructure_pid or "").isdigit()


async def close_dead(client: PrefectClient, name: str) -> int:
    """Mark runs of an earlier worker of this name as crashed when their process is gone; returns how many."""
    closed = 0
    for run in await deployments.running(client):
        if own(run, name) and not psutil.pid_exists(int(run.infrastructure_pid or 0)):
            await client.set_flow_run_state(run.id, Crashed(message="Its process ended with the worker."), force=True)
            closed += 1
    return closed


async def end_runs(client: PrefectClient, name: str) -> None:
    """Cancel what is in flight here and wait for it to end."""
    until = time.monotonic() + ENDING_SECONDS
    mine = [run for run in await deployments.running(client) if own(run, name)]
    for run in mine:
        await client.set_flow_run_state(run.id, Cancelling(message="smartmoney is stopping."), force=True)
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
        die.with_parent(signal.SIGTERM, parent)
        serve(address)
    return pid


async def keep_warm(address: Path, pid: int) -> None:
    """Start the warm process again when it ends; while it is away runs start cold. It ends with this process."""
    await asyncio.to_thread(os.waitpid, pid, 0)
    while True:
        log.warning("The warm process ended; starting another.")
        warm = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "flows.warm_server", str(address), *PRELOADED, cwd=ROOT, stdin=subprocess.DEVNULL)
        await warm.wait()
        await asyncio.sleep(RESTART_SECONDS)


async def tidy(client: PrefectClient, settings: Settings, warm: Path) -> None:
    """Before any run is taken: register the deployments, close dead runs, collapse missed ones."""
    written = await deployments.register(client, settings, str(warm))
    dead, late = await close_dead(client, name_of(settings)), await deployments.collapse_late(client)
    log.info("Deployments written: %s; dead runs closed: %d; missed runs cancelled: %d",
             ", ".join(written) or "none", dead, late)


async def work(settings: Settings, warm: Path, warm_pid: int) -> None:
    """Take runs until told to stop; then end those in flight as cancelled."""
    told = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, told.set)
    async with get_client() as client:
        warming = asyncio.create_task(keep_warm(warm, warm_pid))
        await tidy(client, settings, warm)
        (Places(settings.smartmoney_home).run / "worker.ready").touch()
        worker = ProcessWorker(work_pool_name=deployments.POOL, limit=settings.worker_concurrency,
                               name=name_of(settings), create_pool_if_not_found=False)
        working = asyncio.create_task(worker.start(printer=log.info))
        await asyncio.wait([working, asyncio.create_task(told.wait())], return_when=asyncio.FIRST_COMPLETED)
        if not told.is_set():
            warming.cancel()
            working.result()
        await end_runs(client, name_of(settings))


def main() -> None:
    """Work until told to stop."""
    log.setLevel(logging.INFO)
    settings = get_settings()
    Places(settings.smartmoney_home).make()
    address = Places(settings.smartmoney_home).socket("warm")
    status = 1
    try:
        asyncio.Runner().run(work(settings, address, fork_warm(address)))
        status = 0
    except Exception:
        log.exception("The worker cannot go on.")
    os._exit(status)  # every run has ended; what is left are Prefect's threads, which take seconds to find that out


if __name__ == "__main__":
    main()
