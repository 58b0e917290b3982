"""A job is started through a real Prefect server, and not at all where there is none."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smartmoney import prefect_rest
from smartmoney.settings import Settings
from tests.kit.dashboards import free_port
from tests.kit.processes import child

JOB = "sync_trader_trades"


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Prefect server with one deployment."""
    home, port = tmp_path_factory.mktemp("prefect"), free_port()
    told = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home}/prefect.db",
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "prefect.server.api.server:create_app",
        "--port",
        str(port),
    ]
    process = child(
        command,
        env=told,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait(process, address)
        flow = post(f"{address}/api/flows/", {"name": JOB})
        post(f"{address}/api/deployments/", {"name": JOB, "flow_id": flow["id"]})
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def wait(process: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/api/health", timeout=2).close()
            return
        except OSError:
            assert process.poll() is None, "Prefect ended"
            time.sleep(0.2)
    raise AssertionError("Prefect did not answer")


def post(address: str, body: dict[str, Any]) -> Any:
    """Ask until it is taken: right after its start the server is busy with its own tables and answers 503."""
    request = urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    for left in range(20, -1, -1):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            if error.code != 503 or not left:
                raise
            time.sleep(0.5)
    return None


def noted(home: Path, address: str) -> None:
    (home / "run").mkdir(parents=True)
    (home / "run" / "state.json").write_text(json.dumps({"addresses": {"prefect": address}}))


@pytest.mark.slow
def test_a_run_is_made_with_its_parameters(plain_settings: Settings, scheduler: str) -> None:
    noted(plain_settings.smartmoney_home, scheduler)
    run = prefect_rest.start_job(plain_settings, JOB, {"addresses": ["0x1"]})
    with urllib.request.urlopen(f"{scheduler}/api/flow_runs/{run}", timeout=30) as answer:
        made = json.loads(answer.read())
    assert made["parameters"] == {"addresses": ["0x1"]} and made["state_type"] == "SCHEDULED"
    assert prefect_rest.start_job(plain_settings, "no_such_job", {}) is None


def test_without_prefect_nothing_is_started(plain_settings: Settings) -> None:
    assert prefect_rest.start_job(plain_settings, JOB, {}) is None
    noted(plain_settings.smartmoney_home, f"http://127.0.0.1:{free_port()}")
    assert prefect_rest.start_job(plain_settings, JOB, {}) is None


@pytest.mark.parametrize(
    "address", ["file:///etc", "javascript:alert(1)", "http://x/<script>", 5, None]
)
def test_an_odd_note_is_no_address(plain_settings: Settings, address: Any) -> None:
    noted(plain_settings.smartmoney_home, address)
    assert prefect_rest.api_address(plain_settings) == ""
