"""The first pass through all jobs, started in Prefect and told line by line."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable
from typing import Any

from smartmoney.errors import SmartmoneyError
from smartmoney.supervise.prefect_api import PrefectApi

ORDER = (
    "sync_leaderboard",
    "sync_markets",
    "sync_trader_trades",
    "sync_trader_positions",
    "sync_markets",  # again: now the closed markets traders were in are known, and their payouts are fetched
    "calculate_rarity_scores",
    "calculate_smart_markets",
)
AFTER = ("sync_markets", "validate_scores")
"""Started and not waited for: the price history of the markets just found smart, and the first verdict on the scores."""
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
    run_id = api.start("pipeline", "pipeline")
    told: dict[str, str] = {}
    while True:
        run = api.run(run_id)
        for child in api.children(run_id):
            _tell(child, told, say)
        if run["state_type"] in ENDED:
            break
        meanwhile()
        time.sleep(ASK_SECONDS)
    if run["state_type"] != "COMPLETED":
        message = run["state"].get("message") or run["state_type"].lower()
        raise SmartmoneyError(f"The first pass did not get through: {message}")


def follow_up(api: PrefectApi) -> None:
    """Start what the first pass leaves for when people look already."""
    for name in AFTER:
        api.start(name, name)


def _tell(child: dict[str, Any], told: dict[str, str], say: Callable[[str], None]) -> None:
    kind = child["state_type"]
    if told.get(child["id"]) == kind:
        return
    name = child["name"].split()[0]
    if kind == "RUNNING":
        say(f"{name} ...")
    elif kind in ENDED:
        words = textwrap.shorten(child["state"].get("message") or "", LONGEST, placeholder=" ...")
        say(
            f"{name}: {child['state']['name'].lower()} in {child.get('total_run_time', 0):.0f} s. {words}"
        )
    told[child["id"]] = kind
