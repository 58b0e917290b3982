"""The programs of an installation: what is started, in which order, and how one sees that each is ready."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from smartmoney.listeners import MOST_MESSAGE
from smartmoney.prefect_rest import answers
from smartmoney.settings import Settings
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.supervise import environment
from smartmoney.supervise.paths import Paths

PREFECT_MB = 1_500  # it takes 200; releases have been known to grow without end
JSON_LINES = '{"formatters": {"console": {"class": "smartmoney.logs.JsonLines"}}}'


@dataclass(frozen=True)
class Program:
    """One supervised program.

    Attributes:
        name: short name, also of its log.
        title: what people call it.
        kind: `module` of Python, or `exec` for a program on disk.
        command: module or program, and its arguments.
        environment: all of it.
        order: started from low to high, stopped from high to low.
        ready: does it answer yet?
        address: where people find it, if anywhere.
        stop_signal: what asks it to end.
        stop_seconds: how long it may take to.
        user: system user it runs as; ours by default.
        most_mb: with more resident memory than this it is started again; None: it may take what it likes.
    """

    name: str
    title: str
    kind: str
    command: list[str]
    environment: dict[str, str]
    order: int
    ready: Callable[[], bool]
    address: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 15
    user: str | None = None
    most_mb: int | None = None


def postgres(settings: Settings) -> Program:
    """The embedded server in the foreground."""
    server = EmbeddedPostgres(settings.smartmoney_home)
    return Program(
        "postgres",
        "Postgres",
        "exec",
        server.command(),
        environment.base(settings),
        10,
        server.running,
        stop_signal="INT",
        stop_seconds=60,
        user=server.user(),
    )


def simulator(settings: Settings, port: int, recording: str | None = None) -> Program:
    """The simulated Polymarket, or one that serves a recording."""
    world = (
        ["--recording", recording]
        if recording
        else [
            "--seed",
            str(settings.simulator_seed),
            "--traders",
            str(settings.simulator_traders),
            "--markets",
            str(settings.simulator_markets),
            "--trades",
            str(settings.simulator_trades),
            "--now",
            str(_first_moment(settings)),
            "--live",
            "--plain-texts",
        ]
    )
    address = f"http://127.0.0.1:{port}"
    return Program(
        "simulator",
        "Simulator",
        "module",
        ["polymarket_sim", "--port", str(port), *world],
        environment.base(settings),
        20,
        lambda: answers(address + "/"),
        address,
    )


def _first_moment(settings: Settings) -> int:
    """When the simulated world first went live, Unix seconds: a restart must find the same world, not one moved on."""
    path = settings.smartmoney_home / "simulator-began"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(int(time.time())))
    return int(path.read_text())


def prefect(settings: Settings, port: int) -> Program:
    """Prefect's server on its own database."""
    address = f"http://{environment.reachable(settings.bind_host)}:{port}"
    variables = (
        environment.base(settings)
        | environment.prefect(settings, port)
        | environment.prefect_server(settings, port)
    )
    return Program(
        "prefect",
        "Prefect",
        "module",
        [
            "uvicorn",
            "--factory",
            "flows.prefect_server:app",
            "--host",
            settings.bind_host,
            "--port",
            str(port),
            "--log-level",
            "warning",
            "--ws-max-size",
            str(MOST_MESSAGE),
            "--timeout-graceful-shutdown",
            "3",
        ],
        variables,
        30,
        lambda: answers(address + "/api/health", exactly=True),
        address,
        most_mb=PREFECT_MB,
    )


def voila(settings: Settings, port: int) -> Program:
    """The dashboards."""
    address = f"http://{environment.reachable(settings.bind_host)}:{port}"
    return Program(
        "voila",
        "Dashboards",
        "module",
        [
            "voila",
            "dashboards",
            "--Voila.config_file_paths=dashboards/config",
            f"--port={port}",
            "--no-browser",
            f"--Voila.log_level={settings.log_level}",
            f"--Voila.logging_config={JSON_LINES}",
        ],
        environment.base(settings),
        50,
        lambda: answers(address + "/voila/static/voila.js"),
        address,
    )


def api(settings: Settings, port: int) -> Program:
    """The REST API."""
    address = f"http://{environment.reachable(settings.bind_host)}:{port}"
    return Program(
        "api",
        "REST API",
        "module",
        ["smartmoney.api", "--host", settings.bind_host, "--port", str(port)],
        environment.base(settings),
        50,
        lambda: answers(address + "/health"),
        address,
    )


def worker(settings: Settings, prefect_port: int, joining: bool = False) -> Program:
    """The worker that runs the jobs; it registers the deployments first, unless it joins another machine's."""
    ready = Paths(settings.smartmoney_home).run / "worker.ready"
    ready.unlink(missing_ok=True)
    return Program(
        "worker",
        "Worker",
        "module",
        ["flows.worker", *(["--join"] if joining else [])],
        environment.base(settings) | environment.prefect(settings, prefect_port),
        60,
        ready.exists,
        stop_seconds=30,
    )


def stream(settings: Settings) -> Program | None:
    """The live stream of trades, where it is switched on; it needs no address and nobody waits for it."""
    if not settings.schedules()["stream_trades"]:
        return None
    return Program(
        "stream",
        "Trade stream",
        "module",
        ["smartmoney.jobs"],
        environment.base(settings),
        70,
        lambda: True,
    )
