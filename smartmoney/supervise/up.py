"""`smartmoney up`: everything in order, watched until told to stop, then stopped in the opposite order."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from smartmoney.errors import SmartmoneyError
from smartmoney.logs import rotate
from smartmoney.prefect_rest import PrefectApi
from smartmoney.run_state import write_state
from smartmoney.settings import SCHEDULES, Settings
from smartmoney.store.db import open_store
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import start_and_migrate
from smartmoney.store.server.setting import claim_source
from smartmoney.store.streams import runs
from smartmoney.supervise import environment, ports, process_lifetime, programs
from smartmoney.supervise.first_pass import first_pass, follow_up
from smartmoney.supervise.lock import only_one, only_user_of_database
from smartmoney.supervise.paths import Paths
from smartmoney.supervise.programs import Program
from smartmoney.supervise.sample_rules import add_sample_rules
from smartmoney.supervise.supervisor import Supervisor

READY_SECONDS = 600
"""A slow machine needs minutes for what takes seconds elsewhere; what ends is noticed at once."""
STILL_SECONDS = 60
WATCH_SECONDS = 2.0
FULL_SPEED = 15_000  # requests per ten seconds
TRIES = 6  # process ids seen, 0 between two lives included
Say = Callable[[str], None]


class Stopped(BaseException):
    """Ctrl-C or SIGTERM arrived."""


@dataclass
class Installation:
    """What runs in one folder.

    Attributes:
        settings: as resolved, with ports and addresses.
        chosen: port by program.
        say: prints one line of progress.
        supervisor: the running supervisord.
        started: the programs started so far, in order.
        seen: their process ids when last looked at.
    """

    settings: Settings
    chosen: dict[str, int]
    say: Say
    supervisor: Supervisor
    started: list[Program] = field(default_factory=list)
    seen: dict[str, int | None] = field(default_factory=dict)

    @property
    def paths(self) -> Paths:
        """Its folders."""
        return Paths(self.settings.smartmoney_home)

    def begin(self, program: Program) -> None:
        """Start a program without waiting."""
        self.supervisor.start(program.name)
        self.started.append(program)

    def wait(self, program: Program) -> None:
        """Wait until a program is ready.

        Raises:
            SmartmoneyError: it gave up, or took too long; the message holds the last line of its log.
        """
        began, lives = time.monotonic(), set()
        last_word = began
        while not program.ready():
            if time.monotonic() - last_word > STILL_SECONDS:
                last_word = time.monotonic()
                self.say(f"{program.title} is still starting ({last_word - began:.0f} s)")
            state = self.supervisor.states()[program.name]
            lives.add(state["pid"])
            if (
                state["statename"] == "FATAL"
                or len(lives) > TRIES
                or time.monotonic() - began > READY_SECONDS
            ):
                raise SmartmoneyError(
                    f"{program.title} did not start: {self.last_words(program)} "
                    f"(the whole log is {self.paths.logs / program.name}.log)"
                )
            time.sleep(0.1)
        where = f" at {program.address}" if program.address else ""
        self.say(f"{program.title} is ready{where}")

    def last_words(self, program: Program) -> str:
        """The last line of a program's log, or the message in it."""
        try:
            line = (
                (self.paths.logs / f"{program.name}.log")
                .read_text(errors="replace")
                .strip()
                .splitlines()[-1]
            )
        except (OSError, IndexError):
            return "it said nothing"
        try:
            return str(json.loads(line)["message"])
        except (ValueError, TypeError, KeyError):
            return line

    def look(self) -> None:
        """Tend the programs, and let no orphan live; see `tend`."""
        self.tend()
        rotate(self.paths.logs / "pages.log")
        process_lifetime.end_orphans({self.supervisor.process.pid})

    def tend(self) -> None:
        """Tell when a program ended and was started again; start again what gave up or grew too large.

        Raises:
            SmartmoneyError: supervisord is gone.
        """
        if self.supervisor.process.poll() is not None:
            raise SmartmoneyError(
                "The supervisor ended unexpectedly, and with it everything it ran; start again."
            )
        states = self.supervisor.states()
        for program in self.started:
            state, before = states[program.name], self.seen.get(program.name)
            if state["statename"] == "RUNNING":
                if before not in (None, state["pid"]):
                    self.say(
                        f"{program.title} ended and was started again: {self.last_words(program)}"
                    )
                self.seen[program.name] = state["pid"]
                self._bound(program, state["pid"])
            elif state["statename"] == "FATAL":
                self.say(
                    f"{program.title} does not stay up: {self.last_words(program)}; trying again"
                )
                self.supervisor.start(program.name)

    def _bound(self, program: Program, pid: int) -> None:
        """Start a program again that has grown beyond what it may."""
        try:
            size = psutil.Process(pid).memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            return
        if program.most_mb is not None and size > program.most_mb:
            self.say(
                f"{program.title} took {size:,.0f} MB, more than {program.most_mb:,}, and is started again"
            )
            self.supervisor.stop(program.name)
            self.supervisor.start(program.name)
            self.seen.pop(program.name)

    def note(self) -> None:
        """Write what runs where, for `smartmoney status`."""
        write_state(
            self.paths.home,
            {
                "pid": os.getpid(),
                "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "source": self.settings.smartmoney_source,
                "addresses": {each.name: each.address for each in self.started if each.address},
            },
        )


DEMO_SMART_TIERS = ("S", "A", "B", "C")
"""A simulated population is small: tiers S and A alone would be a handful of wallets."""


def resolve(settings: Settings, home: Path, source: str) -> tuple[Settings, dict[str, int]]:
    """The settings of this start: its folder and source, ports chosen, the simulator's address where it is used.

    Raises:
        SettingError: a port asked for is taken.
    """
    wanted = ["prefect", "voila", "api"] + (["simulator"] if source == "simulator" else [])
    chosen = {name: ports.choose(name, settings) for name in wanted}
    update: dict[str, Any] = {f"{name}_port": port for name, port in chosen.items()}
    update |= {"smartmoney_home": home, "smartmoney_source": source}
    # Prefect's own variable may name another server; an installation always uses the one it starts.
    host = environment.reachable(settings.bind_host)
    update["prefect_api_url"] = f"http://{host}:{chosen['prefect']}/api"
    if source == "simulator":
        update |= on_loopback(settings, f"http://127.0.0.1:{chosen['simulator']}")
        if "smart_tiers" not in settings.model_fields_set:
            update["smart_tiers"] = DEMO_SMART_TIERS
    if source == "recorded":
        update |= dict.fromkeys(SCHEDULES, 0)
    return settings.model_copy(update=update), chosen


def on_loopback(settings: Settings, address: str) -> dict[str, Any]:
    """What changes when the API is a server of ours at `address`: nobody asks us to go slowly."""
    hurry = (
        {}
        if "rate_limit_requests" in settings.model_fields_set
        else {"rate_limit_requests": FULL_SPEED}
    )
    return {"polymarket_api_base_url": address, **hurry}


def up(settings: Settings, chosen: dict[str, int], say: Say, once: bool = False) -> None:
    """Run the installation until Ctrl-C or SIGTERM; with `once`, until the first pass is over.

    Raises:
        SmartmoneyError: something could not be started; everything that was has been stopped again.
    """
    paths = Paths(settings.smartmoney_home)
    with only_one(paths):
        process_lifetime.adopt_orphans()
        environment.write_settings(settings, paths)
        environment.write_profiles(settings)
        known = _programs(settings, chosen)
        with _signals():
            supervisor = Supervisor(paths, known, environment.base(settings))
            running = Installation(settings, chosen, say, supervisor)
            try:
                _start(running, {each.name: each for each in known})
                filled = _first(running, once)
                _print_addresses(running)
                if filled and not once:
                    follow_up(prefect_client(settings, chosen["prefect"]))
                if not once:
                    _watch(running)
            except Stopped:
                say("Stopping")
            finally:
                _stop(running)


def _programs(settings: Settings, chosen: dict[str, int]) -> list[Program]:
    known: list[Program | None] = [
        programs.postgres(settings) if settings.database_url is None else None,
        programs.simulator(settings, chosen["simulator"])
        if settings.smartmoney_source == "simulator"
        else None,
        programs.prefect(settings, chosen["prefect"]),
        programs.api(settings, chosen["api"]),
        programs.voila(settings, chosen["voila"]),
        programs.worker(settings, chosen["prefect"]),
        programs.stream(settings),
    ]
    return [program for program in known if program is not None]


def _start(running: Installation, known: dict[str, Program]) -> None:
    """Everything in order; what does not depend on each other side by side."""
    settings, say = running.settings, running.say
    if "simulator" in known:
        running.begin(known["simulator"])
    if "postgres" in known:
        with only_user_of_database(running.paths, say):
            server = EmbeddedPostgres(settings.smartmoney_home)
            server.create()
            if server.running():  # left by a command that was killed
                server.stop()
            running.begin(known["postgres"])
            running.wait(known["postgres"])
    steps = start_and_migrate(settings)
    say(f"The database is at {steps[-1]}" if steps else "The database is up to date")
    _claim(settings)
    running.begin(known["prefect"])
    if "simulator" in known:
        running.wait(known["simulator"])
    running.wait(known["prefect"])
    running.begin(known["worker"])
    running.wait(known["worker"])
    for name in ("api", "voila", "stream"):
        if name in known:
            running.begin(known[name])
    running.note()


def _claim(settings: Settings) -> None:
    store = open_store("sm_owner", settings, 1)
    try:
        claim_source(store, settings.smartmoney_source, settings.world)
    finally:
        store.dispose()


def _first(running: Installation, once: bool) -> bool:
    """The first pass through all jobs, when the database holds no result yet; did it get through?"""
    settings = running.settings
    if settings.smartmoney_source == "recorded":
        return False
    store = open_store("sm_ingest", settings, 1)
    try:
        done = runs.ever_done(store, "calculate_smart_markets")
    finally:
        store.dispose()
    if done:
        return False
    if settings.smartmoney_source == "simulator":
        _add_sample_rules(settings)
    running.say("The database is empty: running all jobs once; pages fill as they come")
    try:
        first_pass(prefect_client(settings, running.chosen["prefect"]), running.say, running.look)
    except SmartmoneyError as error:
        if once:
            raise
        running.say(f"{error} What is scheduled goes on.")
        return False
    return True


def _add_sample_rules(settings: Settings) -> None:
    store = open_store("sm_read", settings, 1)
    try:
        add_sample_rules(store, settings.schedules())
    finally:
        store.dispose()


def prefect_client(settings: Settings, port: int) -> PrefectApi:
    """Prefect's API of this installation."""
    address = environment.prefect(settings, port)["PREFECT_API_URL"]
    return PrefectApi(address, environment.prefect_login(settings))


def _print_addresses(running: Installation) -> None:
    for program in running.started:
        if program.name in ("voila", "api"):
            running.wait(program)
    running.note()
    lines = [f"  {each.title:<11} {each.address}" for each in running.started if each.address]
    login = running.paths.prefect / "login"
    if login.exists():
        lines.append(f"Prefect asks for the login in {login}")
    lines += [f"Open {each.address}" for each in running.started if each.name == "voila"]
    running.say("Everything runs. Ctrl-C stops it.\n" + "\n".join(lines))


def _watch(running: Installation) -> None:
    """Stay until told to stop."""
    while True:
        time.sleep(WATCH_SECONDS)
        running.look()


def _stop(running: Installation) -> None:
    """In the opposite order; runs in flight end as cancelled; nothing is left."""
    for program in sorted(running.started, key=lambda each: -each.order):
        try:
            running.supervisor.stop(program.name)
        except (OSError, SmartmoneyError):
            break
    running.supervisor.end()
    process_lifetime.end_orphans(set())
    running.say("Stopped; what was stored stays in " + str(running.paths.home))


class _signals:
    """Turns the first Ctrl-C or SIGTERM into Stopped; further ones while stopping are ignored."""

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self._before = {
                each: signal.signal(each, self._stop) for each in (signal.SIGINT, signal.SIGTERM)
            }

    def _stop(self, *_: Any) -> None:
        for each in self._before:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    def __exit__(self, *_: Any) -> None:
        for each, handler in getattr(self, "_before", {}).items():
            signal.signal(each, handler)
