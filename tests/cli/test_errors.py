"""Every mistake gets one clear sentence on stderr, a status, and no traceback; nothing is half done."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click
import pytest

from smartmoney.cli import cli
from smartmoney.cli.errors import run as tell
from smartmoney.errors import AlreadyRunning, ApiUnavailable, ParameterError, ShapeChanged
from smartmoney.supervise.lock import only_one
from smartmoney.supervise.paths import Paths
from tests.kit.commands import Run

MISTAKES = [
    (["status"], {"VOILA_PORT": "many"}, 2, "VOILA_PORT is wrong"),
    (
        ["status"],
        {"SMARTMONEY_HOMES": "x"},
        2,
        "There is no setting SMARTMONEY_HOMES; did you mean SMARTMONEY_HOME?",
    ),
    (
        ["up"],
        {"POLYMARKET_API_BASE_URL": "http://127.0.0.1:9"},
        75,
        "There is no route to Polymarket's API at 127.0.0.1 (connection refused)",
    ),
    (
        ["up"],
        {"POLYMARKET_API_BASE_URL": "http://no-such-host.invalid"},
        75,
        "its name is not known here",
    ),
    (
        ["import-recorded", "/no/such/recording"],
        {},
        2,
        "There is no recording at /no/such/recording",
    ),
    (["worker"], {}, 2, "A worker joins by two addresses, and PREFECT_API_URL is not set"),
    (
        ["worker"],
        {
            "PREFECT_API_URL": "http://127.0.0.1:9/api",
            "DATABASE_URL": "postgresql://a:canary@127.0.0.1:9/c",
        },
        75,
        "The database does not answer",
    ),
    (
        ["serve", "worker"],
        {},
        2,
        "The worker takes its work from Prefect, and PREFECT_API_URL is not set",
    ),
    (["run", "sync_markets", "-p", "closed_limit"], {}, 2, "Write a parameter as NAME=VALUE"),
    (["migrate"], {"DATABASE_URL": "mysql://a@b/c"}, 2, "DATABASE_URL is not a PostgreSQL address"),
    (
        ["migrate"],
        {"DATABASE_URL": "postgresql://a:canary@127.0.0.1:9/c"},
        75,
        "The database does not answer",
    ),
    (["dance"], {}, 2, "No such command 'dance'"),
]


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "words"), MISTAKES, ids=lambda value: str(value)[:40]
)
def test_mistakes_get_a_sentence(
    smartmoney: Run,
    tmp_path: Path,
    arguments: list[str],
    settings: dict[str, str],
    status: int,
    words: str,
) -> None:
    done = smartmoney(*arguments, **settings)
    assert done.returncode == status, done.stderr
    assert words in done.stderr and "Traceback" not in done.stderr + done.stdout
    assert "canary" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) == 1 or arguments == ["dance"]
    assert not (tmp_path / "home" / "postgres").exists()


def test_without_a_route_nothing_stored_is_touched(smartmoney: Run, tmp_path: Path) -> None:
    kept = tmp_path / "home" / "reports" / "kept.ipynb"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}")
    done = smartmoney("up", POLYMARKET_API_BASE_URL="http://127.0.0.1:9")
    assert done.returncode == 75 and "make demo" in done.stderr
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == [kept]


def test_a_port_asked_for_that_is_taken(smartmoney: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = smartmoney("up", "--demo", VOILA_PORT=port)
    assert done.returncode == 2
    assert f"VOILA_PORT asks for port {port}, which is taken" in done.stderr
    assert not (tmp_path / "home").exists()


def test_two_ups_in_one_folder(smartmoney: Run, tmp_path: Path) -> None:
    with only_one(Paths(tmp_path / "home")):
        done = smartmoney("up", "--demo")
        reset = smartmoney("reset", "--yes")
    assert done.returncode == 2
    assert (
        f"smartmoney already runs in {tmp_path / 'home'}" in done.stderr
        and f"process {os.getpid()}" in done.stderr
    )
    assert (
        reset.returncode == 2 and "stop it first" in reset.stderr and (tmp_path / "home").exists()
    )


def test_stop_and_status_where_nothing_runs(smartmoney: Run) -> None:
    assert smartmoney("stop").stdout.startswith("Nothing runs in")
    done = smartmoney("status")
    assert done.returncode == 0 and done.stdout.startswith("Nothing runs in")


def test_reset_asks(smartmoney: Run, tmp_path: Path) -> None:
    (tmp_path / "home" / "logs").mkdir(parents=True)
    (tmp_path / "home" / "secrets.json").write_text("{}")
    assert smartmoney("reset").returncode == 130 and (tmp_path / "home").exists()
    assert smartmoney("reset", "--yes").returncode == 0 and not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ParameterError("Mend it."), 2),
        (ApiUnavailable("Later."), 75),
        (ShapeChanged("Look."), 1),
        (AlreadyRunning("Busy."), 0),
    ],
)
def test_status_says_what_the_caller_should_do(
    error: Exception, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def command() -> None:
        raise error

    assert tell(command, []) == status
    assert capsys.readouterr().err == f"{error}\n"


def test_the_unexpected_leaves_its_traceback_in_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @click.command()
    def command() -> None:
        raise KeyError("password hunter2")

    monkeypatch.setattr("smartmoney.cli.errors.state_folder", lambda: tmp_path / ".smartmoney")
    assert tell(command, []) == 70
    said = capsys.readouterr().err
    assert said.startswith("Something unexpected happened (KeyError, id ") and "hunter2" not in said
    number = said.split("id ")[1][:8]
    assert number in (tmp_path / ".smartmoney" / "smartmoney-errors.log").read_text()


def test_each_command_says_what_it_does() -> None:
    assert all(command.get_short_help_str() for command in cli.commands.values())
    assert {
        "up",
        "demo",
        "stop",
        "status",
        "run",
        "migrate",
        "reset",
        "import-recorded",
        "doctor",
        "lab",
        "psql",
        "worker",
        "serve",
        "token",
        "version",
    } <= set(cli.commands)
