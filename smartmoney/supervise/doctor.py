"""Checks of a set-up, each with what to fix."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil

from smartmoney.errors import SmartmoneyError
from smartmoney.logs import masked
from smartmoney.prefect_rest import answers
from smartmoney.settings import Settings
from smartmoney.store.db import open_store
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import require_current
from smartmoney.supervise import ports, reach, requirements, status
from smartmoney.supervise.environment import prefect_database
from smartmoney.supervise.lock import holder
from smartmoney.supervise.paths import ROOT, Paths

FREE_GB, MEMORY_GB = 2, 3


@dataclass(frozen=True)
class Finding:
    """One check: is it good, and in words what was seen and what to do."""

    good: bool
    sentence: str


def examine(settings: Settings, as_set: Settings) -> list[Finding]:
    """Check Python, disk, memory, the checkout, the database, the ports and the route to the API.

    Args:
        settings: as the installation uses them.
        as_set: as you wrote them, without what a start chose.
    """
    return [*(check(settings) for check in CHECKS), _ports(settings, as_set), *_at_work(settings)]


def _python(_: Settings) -> Finding:
    good = (3, 11) <= sys.version_info[:2] < (3, 15)
    return Finding(
        good,
        f"Python {sys.version.split()[0]}"
        + ("" if good else ": needs 3.11 to 3.14; run `make setup`"),
    )


def _disk(settings: Settings) -> Finding:
    place = next(
        each
        for each in (settings.smartmoney_home, *settings.smartmoney_home.parents)
        if each.exists()
    )
    free, writable = shutil.disk_usage(place).free / 2**30, os.access(place, os.W_OK)
    remedy = (
        "" if free >= FREE_GB else f": needs {FREE_GB} GB; set SMARTMONEY_HOME to a larger disk"
    )
    if not writable:
        remedy = ": it cannot be written; set SMARTMONEY_HOME to a folder of yours"
    return Finding(
        free >= FREE_GB and writable, f"{free:,.0f} GB free for {settings.smartmoney_home}{remedy}"
    )


def _memory(_: Settings) -> Finding:
    size = psutil.virtual_memory().available / 2**30
    return Finding(
        size >= MEMORY_GB,
        f"{size:,.1f} GB of memory available"
        + (
            ""
            if size >= MEMORY_GB
            else f": {MEMORY_GB} GB are needed; lower POPULATION_DEPTH or add memory"
        ),
    )


def _checkout(_: Settings) -> Finding:
    missing = [name for name in ("notebooks", "dashboards") if not (ROOT / name).is_dir()]
    return Finding(
        not missing,
        f"missing in {ROOT}: {', '.join(missing)}; clone or install smartmoney again"
        if missing
        else f"Notebooks and dashboards are in {ROOT}",
    )


def _database(settings: Settings) -> Finding:
    server = EmbeddedPostgres(settings.smartmoney_home)
    if settings.database_url is None and not server.running():
        made = "is stopped" if (server.data / "PG_VERSION").exists() else "is not made yet"
        return Finding(True, f"The embedded database {made}; `smartmoney up` starts it")
    store = open_store("sm_owner", settings, 1)
    try:
        require_current(store)
    except SmartmoneyError as error:
        return Finding(False, str(error))
    finally:
        store.dispose()
    return Finding(True, "The database answers and its schema is current")


def _prefect_database(settings: Settings) -> Finding:
    """Prefect has a driver of its own, which may refuse an address that ours takes."""
    if settings.database_url is None and settings.prefect_database_url is None:
        return Finding(True, "Prefect's database lies in the embedded server")
    done = subprocess.run(
        [sys.executable, "-m", "flows.check_database"],
        input=prefect_database(settings),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode == 0:
        return Finding(True, "Prefect can use its database")
    reason = masked(" ".join((done.stdout or done.stderr).strip().splitlines()[-1:]) or "no answer")
    return Finding(
        False,
        f"Prefect cannot use its database: {reason}; `smartmoney up` and `migrate` make the database `prefect` "
        "where the user may, else set PREFECT_DATABASE_URL",
    )


def _ports(settings: Settings, as_set: Settings) -> Finding:
    if holder(Paths(settings.smartmoney_home)):
        return Finding(True, "smartmoney runs here")
    wanted = {name: getattr(as_set, f"{name}_port") for name in ports.USUAL}
    taken = [
        name
        for name, port in wanted.items()
        if port and not ports.is_free(settings.bind_host, port)
    ]
    return Finding(
        not taken,
        "The ports asked for are free"
        if not taken
        else f"{taken[0].upper()}_PORT asks for port {wanted[taken[0]]}, which is taken; set another, or 0",
    )


def _route(settings: Settings) -> Finding:
    if settings.smartmoney_source != "live":
        return Finding(
            True, f"Needs no route to the API: the source is {settings.smartmoney_source}"
        )
    try:
        reach.require_route(settings)
    except SmartmoneyError as error:
        return Finding(False, str(error))
    return Finding(True, "The API's hosts accept connections")


def _at_work(settings: Settings) -> list[Finding]:
    """While the installation runs: every program, Prefect, and each job that is late, with what that means."""
    found = status.report(settings)
    if not found["running"]:
        return []
    down = [each["name"] for each in found["programs"] if each["state"] != "running"]
    programs = Finding(
        not down,
        "Every program runs"
        if not down
        else f"{', '.join(down)} does not run; its log is in {Paths(settings.smartmoney_home).logs}",
    )
    address = found["addresses"].get("prefect")
    good = bool(address) and answers(f"{address}/api/health", exactly=True)
    prefect = Finding(
        good,
        "Prefect answers"
        if good
        else "Prefect does not answer, so nothing new is started; it is "
        "started again by itself, and logs/prefect.log tells why it ended",
    )
    needed = [Finding(*each) for each in requirements.checked(found, settings)]
    return [programs, prefect, *_late(found["jobs"] or []), *needed]


def _late(jobs: list[dict[str, Any]]) -> list[Finding]:
    late = [row for row in jobs if row["freshness"] in ("amber", "red", "never")]
    if not late:
        return [Finding(True, "Every job that is due has run")]
    return [
        Finding(
            False,
            f"{row['job']} is late: {row['consequence']}; look at its last run on Prefect's page",
        )
        for row in late
    ]


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _python,
    _disk,
    _memory,
    _checkout,
    _database,
    _prefect_database,
    _route,
)
