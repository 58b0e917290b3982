"""What runs where, since when, and how fresh it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from smartmoney.errors import SmartmoneyError
from smartmoney.run_state import read_state
from smartmoney.settings import Settings
from smartmoney.store.db import open_store
from smartmoney.store.reads import implausible
from smartmoney.store.reads import jobs as health_of_jobs
from smartmoney.store.server import growth
from smartmoney.store.streams import capacity
from smartmoney.supervise import supervisor
from smartmoney.supervise.lock import holder
from smartmoney.supervise.paths import Paths


def report(settings: Settings) -> dict[str, Any]:
    """The installation as facts.

    Returns:
        `home`, `running`, `programs`, `addresses`, `jobs`, `storage`, `capacity` (None while the database is away),
        `implausible`.
    """
    paths = Paths(settings.smartmoney_home)
    pid, state = holder(paths), read_state(paths.home)
    return {
        "home": str(paths.home),
        "running": pid is not None,
        "pid": pid,
        "source": settings.smartmoney_source,
        "started_at": state.get("started_at"),
        "addresses": state.get("addresses", {}),
        "programs": _programs(paths) if pid else [],
        **_database(settings),
    }


def _programs(paths: Paths) -> list[dict[str, Any]]:
    try:
        states = supervisor.states(paths)
    except OSError:
        return []
    return [
        {
            "name": name,
            "state": info["statename"].lower(),
            "pid": info["pid"] or None,
            "since": datetime.fromtimestamp(info["start"], UTC).isoformat()
            if info["start"]
            else None,
        }
        for name, info in states.items()
    ]


def _database(settings: Settings) -> dict[str, Any]:
    """What the database tells: jobs, size and growth, what can be held fresh (None while it is away), what is implausible."""
    store, now = open_store("sm_read", settings, 1), datetime.now(UTC)
    try:
        jobs = [dict(row) for row in health_of_jobs(store, settings.schedules(), now)]
        storage, odd = growth.look(store, settings, now), implausible(store)
        can = {"plans": capacity.plans(store), "first_fill": capacity.first_fill(store)}
        return {"jobs": jobs, "storage": storage, "implausible": odd, "capacity": can}
    except SmartmoneyError:
        return {"jobs": None, "storage": None, "implausible": [], "capacity": None}
    finally:
        store.dispose()


def as_text(found: dict[str, Any]) -> str:
    """The report for people."""
    if not found["running"]:
        head = [f"Nothing runs in {found['home']}; `smartmoney up` starts it."]
    else:
        head = [
            f"smartmoney runs in {found['home']} on {found['source']} data since {found['started_at']} "
            f"(process {found['pid']})."
        ]
    head += [
        _program_line(each, found["addresses"].get(each["name"], "")) for each in found["programs"]
    ]
    if found["jobs"] is None:
        away = "" if not found["running"] else "The database does not answer; its log tells why."
        return "\n".join([*head, *filter(None, [away])])
    if found["storage"] is not None:
        head.append(f"  {found['storage']['sentence']}")
    head += [f"  {sentence}" for sentence in _capacity(found["capacity"])]
    head += [_implausible_line(row) for row in found["implausible"]]
    return "\n".join([*head, "", *map(_job_line, found["jobs"])])


def _program_line(program: dict[str, Any], address: str) -> str:
    since = f"for {_ago(datetime.fromisoformat(program['since']))}" if program["since"] else ""
    return f"  {program['name']:<10} {program['state']:<9} {since:<11} {address}".rstrip()


def _job_line(row: dict[str, Any]) -> str:
    """One job, such as: sync_markets  amber  last success 25 min ago, next due 15 min ago."""
    last, due = row.get("last_success_at"), row.get("next_due")
    ago = f"last success {_ago(last)} {_side(last)}" if last else "has not run yet"
    if row["freshness"] == "off":
        return f"  {row['job']:<24} {'–':<6} {ago}; it has no schedule of its own"
    when = (
        ""
        if due is None
        else f", next due in {_ago(due)}"
        if due > datetime.now(UTC)
        else f", due since {_ago(due)}"
    )
    what = f": {row['consequence']}" if row.get("consequence") else ""
    return f"  {row['job']:<24} {row['freshness']:<6} {ago}{when}{what}"


def _capacity(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return []
    sentences = [
        found["first_fill"]["sentence"],
        *(row["plan"]["sentence"] for row in found["plans"]),
    ]
    return [sentence for sentence in sentences if sentence]


def _implausible_line(row: dict[str, Any]) -> str:
    run = f" (run {row['run_id']} of {row['job']})" if row["run_id"] else ""
    return f"  Hardly true: {row['sentence']}{run}"


def _side(when: datetime) -> str:
    return "ago" if when <= datetime.now(UTC) else "ahead of this clock"


def _ago(when: datetime) -> str:
    seconds = abs((datetime.now(UTC) - when).total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
