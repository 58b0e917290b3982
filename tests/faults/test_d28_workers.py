"""D28: a worker killed with its machine; and two machines that share the work. Real Prefect, Postgres, worker processes."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from flows.worker import close_lost, name_of
from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from smartmoney.errors import TemporaryError
from smartmoney.prefect_rest import PrefectApi
from smartmoney.settings import load
from smartmoney.store import streams
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.supervise.paths import ROOT
from tests.kit.environment import alone
from tests.kit.prefects import Served
from tests.kit.processes import child
from tests.kit.syncing import NOW

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400), pytest.mark.xdist_group("prefect")]
TRADERS, REQUESTS, INTERVAL_MS = 200, 40, 2_000
SECONDS, OUTAGE_SECONDS = 120, 4
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@pytest.fixture(scope="module")
def market() -> Iterator[Simulator]:
    """A market of 200 wallets that does not move."""
    world = generate(5, traders=TRADERS, markets=20, trades=3_000, days=30, now=NOW)
    with running(world) as served:
        yield served


class Machine:
    """A machine of its own as far as smartmoney sees: a folder, and the two addresses."""

    def __init__(self, home: Path, prefect: Served, market: Simulator) -> None:
        self.home = home
        self.told = {
            name: os.environ[name]
            for name in ("PATH", "HOME", "LANG", "TMPDIR")
            if name in os.environ
        } | {
            "SMARTMONEY_HOME": str(home),
            "SMARTMONEY_SOURCE": "simulator",
            "POLYMARKET_API_BASE_URL": market.url,
            "PREFECT_API_URL": f"{prefect.url}/api",
            "PREFECT_LOGIN": prefect.login,
            "DATABASE_URL": EmbeddedPostgres(prefect.settings.smartmoney_home).url("sm_owner"),
            "WORKER_CONCURRENCY": "1",
            "RATE_LIMIT_REQUESTS": str(REQUESTS),
            "RATE_LIMIT_INTERVAL_MS": str(INTERVAL_MS),
        }
        self.name = name_of(load(smartmoney_home=home))

    def begin(self, *command: str, **settings: str) -> None:
        """Start a worker."""
        (self.home / "run" / "worker.ready").unlink(missing_ok=True)
        self.process = child(
            [sys.executable, "-m", "smartmoney.cli", *command], env=self.told | settings, cwd=ROOT
        )

    def start(self, *command: str, **settings: str) -> None:
        """Start a worker, and wait until it takes runs."""
        self.begin(*command, **settings)
        self.wait()

    def wait(self) -> None:
        """Wait until its worker takes runs."""
        wait(lambda: (self.home / "run" / "worker.ready").exists(), "the worker did not start")

    def crash(self) -> None:
        """Everything is gone at once, as when the power fails."""
        family = [
            psutil.Process(self.process.pid),
            *psutil.Process(self.process.pid).children(recursive=True),
        ]
        for each in family:
            each.suspend()
        for each in family:
            each.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def machines(
    prefect: Served, market: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Machine, Machine]]:
    """One with the installation's worker, one whose worker joins by two addresses; nothing is scheduled."""
    first, second = (
        Machine(tmp_path_factory.mktemp(name) / "home", prefect, market)
        for name in ("first", "second")
    )
    off = {
        name.upper(): "0"
        for name in type(prefect.settings).model_fields
        if name.startswith("schedule_")
    }
    with ExitStack() as stack:
        for machine, command in ((first, ("serve", "worker")), (second, ("worker",))):
            machine.begin(*command, **off)
            stack.callback(
                lambda machine=machine: machine.process.poll() is None and machine.crash()
            )
        first.wait()
        second.wait()
        yield first, second


@pytest.fixture(scope="module")
def api(prefect: Served) -> PrefectApi:
    return PrefectApi(f"{prefect.url}/api", prefect.login)


def wait(what: Callable[[], Any], words: str) -> Any:
    """Wait until `what` is true; returns it."""
    until = time.monotonic() + SECONDS
    while not (found := what()):
        assert time.monotonic() < until, words
        time.sleep(0.1)
    return found


def begin(api: PrefectApi, name: str, **parameters: Any) -> str:
    """Start a run of a deployment."""
    found = api.get(f"/deployments/name/{name}/{name}")
    asked = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
    return str(api.post(f"/deployments/{found['id']}/create_flow_run", asked)["id"])


def ended(api: PrefectApi, run: str) -> dict[str, Any]:
    """The run when it has ended."""
    found: dict[str, Any] = wait(
        lambda: (now := api.run(run))["state_type"] in ENDED and now, f"{run} did not end"
    )
    return found


def database(prefect: Served) -> psycopg.Connection[Any]:
    return psycopg.connect(
        EmbeddedPostgres(prefect.settings.smartmoney_home).url("sm_owner"), autocommit=True
    )


def test_two_machines_share_200_traders(
    prefect: Served, market: Simulator, machines: tuple[Machine, Machine], api: PrefectApi
) -> None:
    wallets = [trader.address for trader in market.world.traders]
    for machine in machines:
        working(machine)
    with database(prefect) as connection:
        connection.execute(
            "insert into trader (address) select unnest(%s::text[]) on conflict do nothing",
            [wallets],
        )
        streams.enroll(connection, "trades", wallets)
    runs = [begin(api, "sync_trader_trades", limit=TRADERS // 2) for _ in machines]
    done = [ended(api, run) for run in runs]
    assert [run["state_type"] for run in done] == ["COMPLETED", "COMPLETED"], [
        run["state"]["message"] for run in done
    ]
    assert {run["labels"]["prefect.worker.name"] for run in done} == {
        machine.name for machine in machines
    }

    asked = [request for request in market.requests if request.path.endswith("/activity")]
    firsts = Counter(
        request.params["user"].lower() for request in asked if "cursor" not in request.params
    )
    assert set(firsts) == {wallet.lower() for wallet in wallets} and set(firsts.values()) == {1}, (
        "each once"
    )
    times, allowed = sorted(request.time for request in asked), REQUESTS / INTERVAL_MS * 1_000
    rate = len(asked) / (times[-1] - times[0])
    assert len(asked) >= TRADERS and rate <= 1.2 * allowed, (
        "each by itself would send as many, both together twice that"
    )
    print(f"{len(asked)} requests by two machines, {rate:.1f} a second; {allowed:.0f} are allowed")
    with database(prefect) as connection:
        left = connection.execute(
            "select count(*) from ingestion_state where source = 'trades' and (leased_until is not "
            "null or last_success_at is null)"
        ).fetchone()
    assert left == (0,)


def working(machine: Machine) -> Machine:
    """The machine, its worker started again if another test ended it."""
    if machine.process.poll() is not None:
        machine.start("worker")
    return machine


def only(machine: Machine, other: Machine) -> Machine:
    """The machine, which works without the other from now on."""
    if other.process.poll() is None:
        assert other.stop() == 0
    return working(machine)


def killed_in_the_middle(api: PrefectApi, machine: Machine, market: Simulator) -> str:
    """Start the boards' job on a machine, and take that machine's power away while it reads them; the run's id."""
    seen = len(market.requests)
    run = begin(api, "sync_leaderboard")
    wait(lambda: len(market.requests) > seen + 5, "the job sent no request")
    assert api.run(run)["labels"]["prefect.worker.name"] == machine.name
    machine.crash()
    assert api.run(run)["state_type"] == "RUNNING", "nobody was left to say that it ended"
    return run


def test_a_machine_that_comes_back_closes_what_it_left(
    prefect: Served, market: Simulator, machines: tuple[Machine, Machine], api: PrefectApi
) -> None:
    second = only(machines[1], machines[0])
    lost = killed_in_the_middle(api, second, market)
    with database(prefect) as connection:
        held = (
            "select count(*) from pg_locks where locktype = 'advisory' and database = "
            "(select oid from pg_database where datname = current_database())"
        )
        wait(
            lambda: connection.execute(held).fetchone() == (0,), "the dead job's lock is still held"
        )
    second.start("worker")
    closed = ended(api, lost)
    assert (closed["state_type"], closed["state"]["message"]) == (
        "CRASHED",
        "Its process ended with the worker.",
    )
    again = ended(api, begin(api, "sync_leaderboard", depth=1, periods=["all"]))
    assert again["state_type"] == "COMPLETED", again["state"]["message"]


def test_a_machine_that_does_not_come_back_holds_nobody_up(
    prefect: Served, market: Simulator, machines: tuple[Machine, Machine], api: PrefectApi
) -> None:
    first, second = machines[0], only(machines[1], machines[0])
    lost = killed_in_the_middle(api, second, market)

    async def look(now: datetime) -> int:
        told = {PREFECT_API_URL: f"{prefect.url}/api", PREFECT_API_AUTH_STRING: prefect.login}
        with temporary_settings(told):
            async with get_client() as client:
                return await close_lost(client, first.name, now)

    now = datetime.now(UTC)
    assert alone(look(now)) == 0, "it may be slow"
    assert alone(look(now + timedelta(minutes=10))) == 1
    assert api.run(lost)["state"]["message"] == "Its worker is gone."
    working(first)
    again = ended(api, begin(api, "sync_leaderboard", depth=1, periods=["all"]))
    assert again["state_type"] == "COMPLETED", again["state"]["message"]


def test_the_database_of_prefect_and_jobs_goes_away_and_comes_back(
    prefect: Served, machines: tuple[Machine, Machine], api: PrefectApi
) -> None:
    server, first = EmbeddedPostgres(prefect.settings.smartmoney_home), working(machines[0])
    server.stop("immediate")
    with pytest.raises(TemporaryError):
        api.get("/deployments/name/sync_leaderboard/sync_leaderboard")
    time.sleep(OUTAGE_SECONDS)  # the worker asks for work meanwhile, in vain
    server.start()
    wait(lambda: answered(api), "Prefect did not find its database again")
    again = ended(api, begin(api, "sync_leaderboard", depth=1, periods=["all"]))
    assert again["state_type"] == "COMPLETED", again["state"]["message"]
    assert first.process.poll() is None, "the same worker went on"


def answered(api: PrefectApi) -> bool:
    try:
        return bool(api.get("/deployments/name/sync_leaderboard/sync_leaderboard"))
    except TemporaryError:
        return False


def test_a_worker_that_is_told_to_stop_ends_its_run_as_cancelled(
    market: Simulator, machines: tuple[Machine, Machine], api: PrefectApi
) -> None:
    first = only(machines[0], machines[1])
    seen = len(market.requests)
    run = begin(api, "sync_leaderboard")
    wait(lambda: len(market.requests) > seen + 5, "the job sent no request")
    family = psutil.Process(first.process.pid).children(recursive=True)
    assert first.stop() == 0
    assert ended(api, run)["state_type"] == "CANCELLED"
    assert psutil.wait_procs(family, timeout=10)[1] == [], "a kernel outlived its run"
