"""The first pass through all jobs, started in Prefect and reported line by line."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable
from typing import Any

from smartmoney.errors import SmartmoneyError
from smartmoney.prefect_rest import PrefectApi
from smartmoney.registry import declared

ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
ASK_SECONDS = 1.0
LONGEST = 160


def first_pass(api: PrefectApi, say: Callable[[str], None], meanwhile: Callable[[], None]) -> None:
    """Run the deployment `pipeline` and say how each job ended.

    Args:
        api: Prefect's.
        say: prints a line.
        meanwhile: called about once a second.

    Raises:
        SmartmoneyError: a job failed; its sentence is in the message.
    """
    run_id = api.start("pipeline")
    seen: dict[str, str] = {}
    while True:
        run = api.run(run_id)
        for child in api.children(run_id):
            _report(child, seen, say)
        if run["state_type"] in ENDED:
            break
        meanwhile()
        time.sleep(ASK_SECONDS)
    if run["state_type"] != "COMPLETED":
        message = run["state"].get("message") or run["state_type"].lower()
        raise SmartmoneyError(f"The first pass did not get through: {message}")


def follow_up(api: PrefectApi) -> None:
    """Start what the first pass leaves for when people look already."""
    for job in declared().values():
        if job.follow_up:
            api.start(job.name)


def _report(child: dict[str, Any], seen: dict[str, str], say: Callable[[str], None]) -> None:
    kind = child["state_type"]
    if seen.get(child["id"]) == kind:
        return
    name = child["name"].split()[0]
    if kind == "RUNNING":
        say(f"{name} ...")
    elif kind in ENDED:
        message = textwrap.shorten(child["state"].get("message") or "", LONGEST, placeholder=" ...")
        say(
            f"{name}: {child['state']['name'].lower()} in {child.get('total_run_time', 0):.0f} s. {message}"
        )
    seen[child["id"]] = kind
