"""The process: it starts where it is told, logs JSON, says in a sentence why it cannot, ends when told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from smartmoney.api.__main__ import bound, main, resolved
from smartmoney.errors import SettingError
from smartmoney.settings import get_settings
from smartmoney.store.server.embedded import EmbeddedPostgres


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_process_serves_logs_and_ends(
    postgres: EmbeddedPostgres, seeded: tuple[str, object], tmp_path: Path
) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "SMARTMONEY_HOME": str(tmp_path),
        "DATABASE_READ_URL": postgres.url("sm_read", seeded[0]),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "smartmoney.api", "--port", str(port)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                response = httpx.get(
                    f"http://127.0.0.1:{port}/api/traders?limit=1", trust_env=False
                )
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert response.status_code == 200 and response.json()["total"] > 100
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    lines = [json.loads(line) for line in errors.splitlines()]
    assert process.returncode in (0, -signal.SIGTERM)
    assert f"listening on http://127.0.0.1:{port}" in [line["message"] for line in lines]
    assert [line["status"] for line in lines if line["logger"] == "smartmoney.api.request"] == [200]


def test_a_port_that_is_taken_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_READ_URL", "postgresql://x@127.0.0.1:9/x")
    get_settings.cache_clear()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 2
    get_settings.cache_clear()
    said = capsys.readouterr().err
    assert said.startswith("The REST API cannot listen on 127.0.0.1") and said.count("\n") == 1


def test_where_nothing_is_asked_the_next_free_port_is_taken() -> None:
    with bound("127.0.0.1", 0) as first, bound("127.0.0.1", 0) as second:
        assert 8_000 <= first.getsockname()[1] < second.getsockname()[1] < 8_100


def test_a_foreign_address_cannot_be_listened_on() -> None:
    with pytest.raises(SettingError, match="BIND_HOST"):
        bound("203.0.113.7", 0)


def test_the_command_line_wins_over_the_settings() -> None:
    get_settings.cache_clear()
    assert (resolved("::1", 8_123).bind_host, resolved("::1", 8_123).api_port) == ("::1", 8_123)
    assert resolved(None, None).bind_host == "127.0.0.1"
    get_settings.cache_clear()
