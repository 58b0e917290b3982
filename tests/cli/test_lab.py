"""`smartmoney lab`: a real JupyterLab that opens on the welcome page, lets in who has the token, and ends when told."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from smartmoney.settings import Settings
from smartmoney.supervise import landing_page
from smartmoney.supervise.paths import ROOT
from tests.kit.installed import settings_file
from tests.kit.processes import child

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


class Lab:
    """`smartmoney lab` in a process of its own, and what it prints."""

    def __init__(self, told: dict[str, str]) -> None:
        self.process = child(
            [sys.executable, "-m", "smartmoney.cli", "lab"],
            env=told,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as out:
            self.lines.extend(out)

    def url(self) -> str:
        """The address it says, once it is served."""
        end = time.monotonic() + 120
        while time.monotonic() < end and self.process.poll() is None:
            said = re.search(r"http\S+", "".join(self.lines))
            if said:
                try:
                    urllib.request.urlopen(said[0].split("/lab")[0] + "/api", timeout=5).close()
                    return said[0]
                except OSError:
                    pass
            time.sleep(0.2)
        raise AssertionError("".join(self.lines))


@pytest.fixture
def lab(told: dict[str, str]) -> Iterator[Lab]:
    started = Lab(told)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(60)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def seen(family: list[psutil.Process]) -> tuple[list[str], str]:
    """Where the processes listen, and their command lines; one that ended meanwhile says nothing."""
    listening, lines = [], []
    for one in family:
        with contextlib.suppress(psutil.Error):
            listening += [
                each.laddr.ip
                for each in one.net_connections("inet")
                if each.status == psutil.CONN_LISTEN
            ]
            lines += one.cmdline()
    return listening, " ".join(lines)


def test_it_opens_on_the_welcome_page_and_keeps_its_token_to_itself(lab: Lab) -> None:
    url = lab.url()
    token = url.partition("token=")[2]
    assert (
        url.startswith("http://127.0.0.1:") and "/lab/tree/welcome.md?" in url and len(token) > 20
    )
    assert status(url) == 200
    contents = url.split("/lab")[0] + "/api/contents/"
    assert (
        status(f"{contents}welcome.md?token={token}") == 200
        and status(f"{contents}welcome.md") == 403
    )
    assert sum(token in line for line in lab.lines) == 1
    family = psutil.Process(lab.process.pid).children(recursive=True)
    listening, lines = seen(family)
    assert set(listening) == {"127.0.0.1"} and token not in lines
    lab.process.terminate()
    assert psutil.wait_procs(family, timeout=60)[1] == []
    lab.process.wait(60)


def test_the_page_says_what_is_there_and_what_is_not(settings: Settings) -> None:
    settings_file(settings)
    page = landing_page.landing_page(settings, datetime.now(UTC))
    assert "Nothing yet" in page and "No job has run yet" in page
    for target in re.findall(r"\]\(([^)]+)\)", page):
        assert (ROOT / target).exists(), target


def test_every_analysis_stands_on_the_page() -> None:
    listed = "\n".join(landing_page.analyses())
    assert all(path.name in listed for path in (ROOT / "notebooks" / "research").glob("*.ipynb"))


def test_a_checkout_that_cannot_be_written_opens_plainly(
    settings: Settings, tmp_path: Path
) -> None:
    settings_file(settings)
    assert landing_page.write_landing_page(
        settings, tmp_path
    ) and not landing_page.write_landing_page(settings, tmp_path / "absent")
