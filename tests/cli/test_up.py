"""The whole installation, as `make demo` starts it: a small world through every job, watched, killed, stopped, started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from flows.jobs import present
from smartmoney.prefect_rest import PrefectApi
from smartmoney.registry import declared, first_pass
from smartmoney.settings import Settings
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.secrets import role_passwords
from smartmoney.supervise.paths import ROOT
from smartmoney.supervise.programs import answers
from tests.kit.processes import child

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("up")]
START_SECONDS, SECOND_START_SECONDS, STOP_SECONDS = 300, 200, 60
NEEDED = ["PATH", "HOME", "LANG", "TMPDIR"]


class Up:
    """`smartmoney up --demo` in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        told = {name: os.environ[name] for name in NEEDED if name in os.environ} | {
            "SMARTMONEY_HOME": str(home),
            "SIMULATOR_TRADERS": "30",
            "SIMULATOR_MARKETS": "20",
            "SIMULATOR_TRADES": "1500",
            "POPULATION_DEPTH": "30",
        }
        self.began = time.monotonic()
        self.process = child(
            [sys.executable, "-m", "smartmoney.cli", "up", "--demo"],
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

    def until(self, words: str, seconds: float) -> None:
        """Wait until a line of its output holds the words."""
        end = time.monotonic() + seconds
        while not any(words in line for line in [*self.lines]):
            assert time.monotonic() < end and self.process.poll() is None, "".join(self.lines)
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        """Every process it started, at any depth."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def state(self) -> dict[str, Any]:
        """What it wrote of itself."""
        return dict(json.loads((self.home / "run" / "state.json").read_text()))

    def prefect(self) -> PrefectApi:
        """Its Prefect."""
        login = (self.home / "prefect" / "login").read_text()
        return PrefectApi(self.state()["addresses"]["prefect"] + "/api", login)

    def named(self, words: str) -> psutil.Process:
        """One of its processes, by a part of its command line."""
        lines = living(self.family(), lambda each: [(each, " ".join(each.cmdline()))])
        return next(each for each, line in lines if words in line)


def living(family: list[psutil.Process], what: Callable[[psutil.Process], list[Any]]) -> list[Any]:
    """What each process tells, all in one list; those that have ended meanwhile tell nothing."""
    found = []
    for each in family:
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
            found += what(each)
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "home"


@pytest.fixture(scope="module")
def first(home: Path) -> Iterator[Up]:
    """The first start, until every job has run."""
    up = Up(home)
    try:
        up.until("Everything runs", START_SECONDS)
        yield up
    finally:
        up.process.kill()
        up.process.wait()


def put_back(home: Path, hours: int) -> Counter[str]:
    """Move every scheduled run into the past, as after so many hours of being switched off; how many per deployment."""
    server = EmbeddedPostgres(home)
    server.start()
    with psycopg.connect(server.url("prefect", "prefect")) as connection:
        moved = connection.execute(
            "update flow_run set expected_start_time = expected_start_time - %(by)s * interval '1 hour', "
            "next_scheduled_start_time = next_scheduled_start_time - %(by)s * interval '1 hour' "
            "where state_type = 'SCHEDULED' and auto_scheduled and expected_start_time < now() + %(by)s * interval "
            "'1 hour' returning (select name from deployment where id = deployment_id)",
            {"by": hours},
        ).fetchall()
    server.stop()
    return Counter(name for (name,) in moved)


def gone(family: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still live after so many seconds."""
    return psutil.wait_procs(family, timeout=seconds)[1]


def test_every_job_has_run_through_prefect(first: Up) -> None:
    runs = first.prefect().post("/flow_runs/filter", {"sort": "START_TIME_ASC", "limit": 200})
    ended = [run for run in runs if run["state_type"] == "COMPLETED"]
    assert [run["name"].split()[0] for run in ended if run["parent_task_run_id"]] == list(
        first_pass(declared())
    ), "".join(first.lines)
    assert [run for run in runs if run["state_type"] in ("FAILED", "CRASHED")] == []
    for name in first_pass(declared()):
        reports = [path for path in (first.home / "reports" / name).rglob("*.*")]
        assert {path.suffix for path in reports} >= {".ipynb", ".html"}


def test_deployments_are_as_the_settings_say(first: Up) -> None:
    found = {each["name"]: each for each in first.prefect().post("/deployments/filter", {})}
    assert set(found) == {job.name for job in present()} | {"pipeline"}
    for job in present():
        schedules = [
            (each["active"], each["schedule"]["interval"]) for each in found[job.name]["schedules"]
        ]
        seconds = job.interval(Settings())
        assert schedules == ([(True, seconds)] if seconds else [])
        assert found[job.name]["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


def test_everything_answers_on_loopback_only(first: Up) -> None:
    for address in first.state()["addresses"].values():
        with urllib.request.urlopen(address, timeout=20) as answer:
            assert answer.status == 200
    listening = [
        connection.laddr.ip
        for connection in living(first.family(), lambda each: each.net_connections("inet"))
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening and set(listening) == {"127.0.0.1"}


def test_status_tells_what_runs_and_how_fresh_it_is(first: Up) -> None:
    told = {name: os.environ[name] for name in NEEDED if name in os.environ} | {
        "SMARTMONEY_HOME": str(first.home)
    }
    done = subprocess.run(
        [sys.executable, "-m", "smartmoney.cli", "status", "--json"],
        env=told,
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["running"] and found["source"] == "simulator"
    assert {each["state"] for each in found["programs"]} == {"running"}
    fresh = {row["job"] for row in found["jobs"] if row["freshness"] == "fresh"}
    assert fresh >= set(first_pass(declared()))


def test_the_doctor_finds_all_well_and_status_speaks_in_words(first: Up) -> None:
    told = {name: os.environ[name] for name in NEEDED if name in os.environ} | {
        "SMARTMONEY_HOME": str(first.home)
    }
    for command, words in (
        ("doctor", ("Every program runs", "Prefect answers")),
        ("status", ("next due in", "for ")),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "smartmoney.cli", command],
            env=told,
            cwd=ROOT,
            text=True,
            capture_output=True,
            check=False,
        )
        assert all(each in done.stdout for each in words) and "Traceback" not in done.stderr, (
            done.stdout + done.stderr
        )
        assert "does not" not in done.stdout


def test_services_log_json(first: Up) -> None:
    for name in ("worker", "api", "voila"):
        lines = (first.home / "logs" / f"{name}.log").read_text(errors="replace").splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        assert told and all({"time", "level", "logger", "message"} <= set(line) for line in told), (
            name
        )
        plain = [line for line in lines if line.strip() and not line.startswith("{")]
        assert len(plain) < len(told) or name == "voila", plain[
            :5
        ]  # kernels of pages write as they like


def test_no_secret_is_in_an_environment_or_a_log(first: Up) -> None:
    passwords = role_passwords(first.home).values()
    told = living(first.family(), lambda each: list(each.environ().values()))
    kept = [
        path.read_text(errors="replace")
        for folder in ("logs", "reports")
        for path in (first.home / folder).rglob("*")
        if path.is_file()
    ]
    assert told and kept
    assert not [password for password in passwords for text in (*told, *kept) if password in text]


def test_killed_programs_are_started_again_and_the_others_go_on(first: Up) -> None:
    worker = first.named("worker.environment.json")
    for name, title in (("voila", "Dashboards"), ("api", "REST API"), ("prefect", "Prefect")):
        victim = first.named(f"{name}.environment.json")
        victim.kill()
        first.until(f"{title} ended and was started again", 60)
    end = time.monotonic() + 120
    while not answers(first.state()["addresses"]["prefect"] + "/api/health", exactly=True):
        assert time.monotonic() < end, "Prefect did not come back"
        time.sleep(0.2)
    assert worker.is_running() and first.named("worker.environment.json") == worker, (
        "it waited for Prefect"
    )


def test_a_killed_worker_leaves_no_run_behind(first: Up) -> None:
    api, worker = first.prefect(), first.named("worker.environment.json")
    found = api.get("/deployments/name/sync_trader_trades/sync_trader_trades")
    run = api.post(f"/deployments/{found['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}})[
        "id"
    ]
    end = time.monotonic() + 60
    while api.run(run)["state_type"] in ("SCHEDULED", "PENDING") and time.monotonic() < end:
        time.sleep(0.05)
    runs = [each for each in worker.children(recursive=True)]
    worker.kill()
    first.until("Worker ended and was started again", 60)
    assert gone(runs, 15) == []
    while (
        api.run(run)["state_type"] not in ("COMPLETED", "CRASHED") and time.monotonic() < end + 60
    ):
        time.sleep(0.5)
    assert api.run(run)["state_type"] in ("COMPLETED", "CRASHED")


def test_ctrl_c_stops_all_and_the_second_start_is_quick_keeps_pauses_and_collapses_missed_runs(
    first: Up, home: Path
) -> None:
    api = first.prefect()
    paused = api.get("/deployments/name/sync_markets/sync_markets")
    api.post(f"/deployments/{paused['id']}/pause_deployment", {})
    family = first.family()
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(STOP_SECONDS) == 0, "".join(first.lines)
    assert gone(family, 1) == []
    missed = put_back(home, hours=6)

    second = Up(home)
    try:
        second.until("Everything runs", SECOND_START_SECONDS)
        assert not any("running all jobs once" in line for line in second.lines)
        found = {each["name"]: each for each in second.prefect().post("/deployments/filter", {})}
        assert [name for name, each in found.items() if each["paused"]] == ["sync_markets"]
        assert missed["sync_leaderboard"] > 5
        late = second.prefect().post(
            "/flow_runs/filter",
            {
                "flow_runs": {"state": {"name": {"any_": ["Cancelled"]}}},
                "sort": "ID_DESC",
                "limit": 200,
            },
        )
        cancelled = [
            run for run in late if run["state"]["message"] == "Missed; a later run catches up."
        ]
        assert len(cancelled) == sum(missed.values()) - len(missed)
        family = second.family()
        second.process.kill()
        assert gone(family, STOP_SECONDS) == [], "killed without warning, it left processes behind"
    finally:
        second.process.kill()
        second.process.wait()
