"""A real Voilà on a free port, and a real browser; both end with the test run."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.processes import child
from tests.kit.seeded import write_small

ROOT = Path(__file__).parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
START_S = 60


@dataclass(frozen=True)
class Served:
    """Dashboards that run: their address, the folder of the installation, and the server's process id."""

    url: str
    home: Path
    pid: int

    def page(self, name: str, query: str = "") -> str:
        """Address of a page."""
        return f"{self.url}/voila/render/{name}.ipynb{'?' + query if query else ''}"

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and body of a GET, redirects not followed."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())
        try:
            with opener.open(
                urllib.request.Request(self.url + path, headers=headers), timeout=60
            ) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")

    @property
    def sessions(self) -> list[psutil.Process]:
        """The processes that draw pages."""
        return [child for child in psutil.Process(self.pid).children() if _is_session(child)]

    @property
    def log(self) -> str:
        """What the server wrote."""
        return (self.home / "voila.log").read_text()


def _is_session(process: psutil.Process) -> bool:
    try:
        return "ipykernel_launcher" in " ".join(process.cmdline())
    except psutil.Error:  # it ended while we looked
        return False


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(database_url: str, **environment: str) -> Iterator[Served]:
    """Voilà with our configuration, as `smartmoney up` starts it, on a home of its own."""
    home, port = Path(tempfile.mkdtemp(prefix="smartmoney-pages-")), free_port()
    command = [
        sys.executable,
        "-m",
        "voila",
        "dashboards",
        "--Voila.config_file_paths=dashboards/config",
    ]
    told = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "SMARTMONEY_HOME": str(home),
        "SMARTMONEY_SOURCE": "simulator",
        "DATABASE_READ_URL": database_url,
        **environment,
    }
    with (home / "voila.log").open("w") as log:
        process = child(
            [*command, f"--port={port}", "--no-browser"],
            cwd=ROOT,
            env=told,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    served = Served(f"http://127.0.0.1:{port}", home, process.pid)
    try:
        _wait(process, served)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(home, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], served: Served) -> None:
    for _ in range(START_S * 5):
        if process.poll() is not None:
            raise RuntimeError(f"Voilà ended: {served.log[-2_000:]}")
        try:
            urllib.request.urlopen(f"{served.url}/voila/static/voila.js", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"Voilà did not answer in {START_S} s: {served.log[-2_000:]}")


@pytest.fixture(scope="session")
def dashboards(postgres: EmbeddedPostgres) -> Iterator[Served]:
    """The dashboards on a small world of their own; the same as the one other tests read, as they draw one seed."""
    url = postgres.url("sm_read", write_small(postgres)[0])
    with serve(url, SMARTMONEY_TEST_PAGE_SESSIONS="60", SMARTMONEY_TEST_PAGE_IDLE_S="30") as served:
        yield served  # a test a second must not meet the cap that people never meet


def chromium(playwright: Any) -> Any:
    """The system's Chromium, headless, or None where there is none."""
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    return program and playwright.chromium.launch(executable_path=program, args=FLAGS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium; tests skip where there is none."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = chromium(playwright)
        if opened is None:
            pytest.skip(
                "no Chromium here: install it (apt-get install chromium) to run the tests in a browser"
            )
        yield opened
        opened.close()
