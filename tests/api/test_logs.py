"""Logs: JSON for programs, plain lines in a terminal, levels by setting; errors to Sentry where its package is there."""

from __future__ import annotations

import gzip
import importlib.util
import json
import logging
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from smartmoney import logs
from smartmoney.settings import load

SAY = (
    "import logging; from smartmoney import logs; from smartmoney.settings import load; logs.configure(load()); "
    "log = logging.getLogger('x'); log.info('quiet'); "
    "log.error('no route to %s', 'postgresql://me:canary@db/x', extra={'fields': {'run': 7}}); logging.shutdown()"
)


def said(tmp_path: Path, terminal: bool, **settings: str) -> str:
    """What a process of ours writes to its error stream."""
    told = {
        name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ
    } | settings
    ours, theirs = pty.openpty() if terminal else os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", SAY], stderr=theirs, env=told | {"SMARTMONEY_HOME": str(tmp_path)}
    ) as process:
        os.close(theirs)
        text = b""
        try:
            while part := os.read(ours, 4096):
                text += part
        except OSError:
            pass  # a terminal ends so
    os.close(ours)
    assert process.returncode == 0
    return text.decode()


@pytest.mark.parametrize(
    ("level", "lines"),
    [
        ("INFO", ["quiet", "no route to postgresql://***@db/x"]),
        ("ERROR", ["no route to postgresql://***@db/x"]),
    ],
)
def test_a_program_reads_json(tmp_path: Path, level: str, lines: list[str]) -> None:
    told = [json.loads(line) for line in said(tmp_path, False, LOG_LEVEL=level).splitlines()]
    assert [line["message"] for line in told] == lines
    assert (
        told[-1]["level"] == "ERROR"
        and told[-1]["run"] == 7
        and told[-1]["time"].endswith("+00:00")
    )


def test_a_person_reads_plain_lines(tmp_path: Path) -> None:
    last = said(tmp_path, True).strip().splitlines()[-1]
    assert last.endswith("ERROR   no route to postgresql://***@db/x run=7") and not last.startswith(
        "{"
    )


def test_a_traceback_stands_below_its_line() -> None:
    try:
        raise ValueError("at postgresql://me:canary@db/x")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "it broke", (), sys.exc_info())
    for form in (logs.PlainLines(), logs.JsonLines()):
        text = form.format(record)
        assert "it broke" in text and "ValueError" in text and "canary" not in text


@pytest.mark.skipif(
    importlib.util.find_spec("sentry_sdk") is not None, reason="sentry-sdk is installed"
)
def test_without_its_package_it_says_so_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    assert not logs.report_errors(load()) and not caplog.records
    assert not logs.report_errors(load(sentry_dsn="https://canary@example.org/1"))
    assert "sentry-sdk is not installed" in caplog.text and "canary" not in caplog.text


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[bytes]]]:
    """A DSN that leads here, and what was sent to it."""
    came: list[bytes] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            came.append(
                gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
            )
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", came
    server.shutdown()
    server.server_close()


def test_errors_reach_sentry_without_passwords(
    tmp_path: Path, sentry: tuple[str, list[bytes]]
) -> None:
    pytest.importorskip(
        "sentry_sdk", reason="sentry-sdk is not installed; smartmoney does not need it"
    )
    dsn, came = sentry
    said(tmp_path, False, SENTRY_DSN=dsn)
    text = b"\n".join(came).decode()
    assert "no route to" in text and "canary" not in text
