"""A running simulator made to misbehave, or to live on."""

from __future__ import annotations

import urllib.request
from typing import Any

from polymarket_sim.faulty.misbehave import Rule
from polymarket_sim.server import Simulator

NOW = 1_795_000_000


def wrong(
    simulator: Simulator,
    what: str,
    times: int | None = None,
    route: str = "/data/v2/activity",
    **options: Any,
) -> None:
    """Let a route misbehave, the next so many times or until the rules are cleared."""
    simulator.misbehaviour.rules.append(Rule(route, what, next=times, options=options))


def live_on(simulator: Simulator, ticks: int) -> None:
    """Let the world go on, in the server's own thread."""
    urllib.request.urlopen(
        urllib.request.Request(f"{simulator.url}/_sim/tick?n={ticks}", method="POST")
    ).close()
