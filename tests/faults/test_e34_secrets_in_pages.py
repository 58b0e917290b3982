"""E34: a page's load cell raises, a callback raises, a browser sends nonsense. People see an id; nobody sees the text."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from websockets.sync.client import ClientConnection, connect

from smartmoney.supervise.paths import ROOT
from tests.kit.dashboards import free_port
from tests.kit.page_sockets import SPOKEN, content, message
from tests.kit.processes import child

pytestmark = pytest.mark.timeout(240)
CANARY = "c4nary-in-an-exception"
LOAD = f"raise RuntimeError('cannot reach postgresql://sm_owner:{CANARY}@db/smartmoney')"
CALLBACK = f"""
from smartmoney.settings import get_settings
from smartmoney.widgets.error_boundary import bounded, log_to
from smartmoney.widgets.components import InputForm, PageStatus
log_to(get_settings())
shell, form = PageStatus(), InputForm(name='form')
def tell(sentence): shell.sentence = sentence
def press(**_): raise RuntimeError('cannot reach postgresql://sm_owner:{CANARY}@db/smartmoney')
form.on_commands(lambda handler: bounded(handler, tell, 'the form'), press=press)
display(shell, form)
"""


@dataclass(frozen=True)
class Served:
    """A Voilà with our configuration over pages that fail."""

    url: str
    home: Path

    def get(self, name: str) -> str:
        """The HTML of a page."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/voila/render/{name}.ipynb", timeout=120) as answer:
            return str(answer.read().decode())

    def channel(self, name: str) -> ClientConnection:
        """The websocket of a fresh session of a page."""
        config = (
            self.get(name)
            .split('id="jupyter-config-data" type="application/json">')[1]
            .split("</script>")[0]
        )
        kernel = json.loads(config)["kernelId"]
        return connect(
            f"{self.url.replace('http', 'ws')}/api/kernels/{kernel}/channels",
            max_size=None,
            subprotocols=[SPOKEN],  # type: ignore[list-item]
        )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, home, port = (
        tmp_path_factory.mktemp("pages"),
        tmp_path_factory.mktemp("home"),
        free_port(),
    )
    for name, source in (("load", LOAD), ("callback", CALLBACK)):
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source)],
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
            },
        )
        nbformat.write(notebook, folder / f"{name}.ipynb")
    told = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "SMARTMONEY_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "DATABASE_READ_URL": "postgresql://sm_read:x@127.0.0.1:9/smartmoney",
    }
    with (home / "voila.log").open("w") as log:
        process = child(
            [
                sys.executable,
                "-m",
                "voila",
                str(folder),
                "--Voila.config_file_paths=dashboards/config",
                f"--port={port}",
                "--no-browser",
            ],
            cwd=ROOT,
            env=told,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    served = Served(f"http://127.0.0.1:{port}", home)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{served.url}/voila/static/voila.js", timeout=2).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < until, (
                    home / "voila.log"
                ).read_text()[-2_000:]
                time.sleep(0.2)
        yield served
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def heard(socket: ClientConnection, seconds: float) -> list[bytes]:
    """Everything that comes within so many seconds of quiet."""
    found = []
    while True:
        try:
            received = socket.recv(seconds)
            assert isinstance(received, bytes)
            found.append(received)
        except TimeoutError:
            return found


def words(received: list[bytes]) -> str:
    """All that is said, as text."""
    return b"".join(received).decode("utf-8", "replace")


def comms(socket: ClientConnection) -> list[str]:
    """Ids of the page's widgets."""
    socket.send(message("comm_info_request", {"target_name": "jupyter.widget"}))
    return [each for reply in heard(socket, 3) for each in content(reply).get("comms", {})]


def test_a_load_cell_that_raises_shows_no_text_of_it(pages: Served) -> None:
    text = pages.get("load")
    assert CANARY not in text and "RuntimeError" not in text and "Traceback" not in text


def test_a_callback_that_raises_is_a_sentence_and_an_id(pages: Served) -> None:
    with pages.channel("callback") as socket:
        ids = comms(socket)
        assert len(ids) >= 2
        for each in ids:
            socket.send(
                message(
                    "comm_msg",
                    {
                        "comm_id": each,
                        "data": {"method": "custom", "content": {"do": "press", "key": "k"}},
                    },
                )
            )
        told = words(heard(socket, 3))
    number = re.search(
        r"Something went wrong in the form; the page goes on. The log has it as error ([0-9a-f]{8})",
        told,
    )
    assert number and CANARY not in told and "Traceback" not in told
    log = (pages.home / "logs" / "pages.log").read_text()
    assert number[1] in log and "RuntimeError" in log and CANARY not in log


def answer_to(pages: Served, *nonsense: dict[str, Any]) -> str:
    """Everything a session says after each of its widgets was sent this."""
    with pages.channel("callback") as socket:
        for each in comms(socket):
            for data in nonsense:
                socket.send(message("comm_msg", {"comm_id": each, "data": data}))
        return words(heard(socket, 3))


def test_odd_wishes_from_a_browser_bring_no_traceback(pages: Served) -> None:
    wishes: list[Any] = [
        {"do": "press", "key": {"a": [1] * 50}},
        "press",
        {"do": "press", "self": 1, "handler": 2},
        {"do": 5},
    ]
    told = answer_to(
        pages, *({"method": "custom", "content": wish} for wish in wishes), {"method": "nonsense"}
    )
    assert "Something went wrong in the form" in told
    assert "Traceback" not in told and CANARY not in told and str(ROOT) not in told


def test_broken_state_from_a_browser_brings_no_traceback(pages: Served) -> None:
    told = answer_to(
        pages,
        {
            "method": "update",
            "state": {"sentence": 5, "title": {"a": 1}, "fields": "x"},
            "buffer_paths": [],
        },
        {},
    )
    assert CANARY not in told
    assert "Traceback" not in told and str(ROOT) not in told
