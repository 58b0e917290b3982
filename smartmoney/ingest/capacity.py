"""What can be held fresh: how often each wallet wants to be read, what pace allows, and how due times stretch.

Wallets of tiers S and A, watched ones and whatever somebody asks for keep their time; the others share what is left, all
stretched by one factor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from smartmoney import formats
from smartmoney.polymarket.budget import limits_for
from smartmoney.settings import Settings
from smartmoney.store.db import PostgresConnection
from smartmoney.store.streams import capacity
from smartmoney.store.streams.capacity import Measured, Wallets
from smartmoney.store.streams.state import KEPT_TIERS
from smartmoney.units import DAY_SECONDS

DUE_BY_TIER_S = {"S": 300, "A": 300, "B": 900, "C": 1_800, "D": 3_600, "E": 7_200}
DUE_UNSCORED_S = 900
DUE_WATCHED_S = 300
IDLE_FACTOR = 6
IDLE_AFTER_DAYS = 14
MOST_STRETCH = 24.0
LONGEST_S = float(DAY_SECONDS)
"""No stretched time is longer than this."""
HEADROOM = 0.9
"""Of what is possible so much is planned: looks vary."""
ROUTES = {"trades": ("/v2/activity",), "positions": ("/v2/positions", "/v2/closed-positions")}
JOBS = {"trades": "sync_trader_trades", "positions": "sync_trader_positions"}
ASSUMED_REQUESTS = {"trades": 1.5, "positions": 3.0}
"""Of a look, before runs have been measured."""


def wanted_s(tier: str | None, watched: bool, idle: bool) -> float:
    """Seconds until a wallet wants to be read again."""
    if watched:
        return DUE_WATCHED_S
    return DUE_BY_TIER_S.get(tier or "", DUE_UNSCORED_S) * (IDLE_FACTOR if idle else 1)


def keeps_its_time(tier: str | None, watched: bool) -> bool:
    """Whether a wallet is never stretched."""
    return watched or tier in KEPT_TIERS


@dataclass(frozen=True)
class CapacityPlan:
    """What one stream can hold fresh.

    Attributes:
        wallets: in the stream.
        wanted: looks a second that all wallets want.
        kept: those of tiers S and A and of watched wallets among them.
        possible: looks a second there is room for.
        measured: by past runs, or only by the request budget.
        stretch: the factor on the due times of the others, at least 1.
        fits: whether S, A and watched wallets get their time.
    """

    wallets: int
    wanted: float
    kept: float
    possible: float
    measured: bool
    stretch: float
    fits: bool

    def sentence(self, source: str) -> str:
        """The plan for people."""
        by = "measured pace" if self.measured else "request budget"
        head = f"{source.capitalize()} of {self.wallets:,} wallets"
        if not self.fits:
            return (
                f"{head}: even tiers S and A and the watched ones want {self.kept:.2g} looks a second, and the {by} allows "
                f"{self.possible:.2g}; all come late. Lower POPULATION_DEPTH, or raise WORKER_CONCURRENCY or "
                "RATE_LIMIT_REQUESTS."
            )
        if self.stretch <= 1:
            share = formats.percent(self.wanted / self.possible if self.possible else 0, 0)
            return f"{head} are read in their time; that takes {share} of what the {by} allows."
        later = ", ".join(
            f"{tier} every {formats.span(seconds * self.stretch)}"
            for tier, seconds in DUE_BY_TIER_S.items()
            if tier not in KEPT_TIERS
        )
        return (
            f"{head} want {self.wanted:.2g} looks a second and the {by} allows {self.possible:.2g}: tiers S and A and the "
            f"watched ones keep their 5 min, the others are stretched {self.stretch:.1f} times ({later})."
        )


def planned(wallets: Sequence[Wallets], possible: float, measured: bool) -> CapacityPlan:
    """The plan for these wallets at so many looks a second."""
    rates = [
        (
            each.count / wanted_s(each.tier, each.watched, each.idle),
            keeps_its_time(each.tier, each.watched),
        )
        for each in wallets
    ]
    kept = sum(rate for rate, keeps in rates if keeps)
    others = sum(rate for rate, keeps in rates if not keeps)
    left = possible * HEADROOM - kept
    stretch = others / left if left > 0 else MOST_STRETCH
    return CapacityPlan(
        wallets=sum(each.count for each in wallets),
        wanted=kept + others,
        kept=kept,
        possible=possible,
        measured=measured,
        stretch=min(max(stretch, 1.0), MOST_STRETCH),
        fits=left > 0 or kept == 0,
    )


def looks_a_second(
    source: str, settings: Settings, known: Measured, limit: int, max_seconds: float
) -> float:
    """How many wallets of a stream can be read a second: by budget, by the pace of past runs, by what one run may take."""
    schedule = settings.schedules().get(JOBS[source], 0.0) or max_seconds
    requests = known.requests / known.looks if known.looks else ASSUMED_REQUESTS[source]
    gaps = [each.gap_s for route in ROUTES[source] for each in limits_for("data", route, settings)]
    budget = 1 / max(gaps) if max(gaps) > 0 else math.inf
    rates = [budget / max(requests / len(ROUTES[source]), 1.0), limit / schedule]
    if known.looks and known.seconds > 0:
        rates.append(known.looks / known.seconds * min(max_seconds / schedule, 1.0))
    return min(rates)


def plan(
    connection: PostgresConnection[Any],
    source: str,
    settings: Settings,
    limit: int,
    max_seconds: float,
) -> CapacityPlan:
    """Plan one stream anew, and keep the plan.

    Args:
        connection: as `sm_ingest`.
        source: `trades` or `positions`.
        settings: schedule and rate budget.
        limit, max_seconds: of a run.
    """
    known = capacity.measured(connection, JOBS[source])
    possible = looks_a_second(source, settings, known, limit, max_seconds)
    found = planned(
        capacity.population(connection, source, IDLE_AFTER_DAYS), possible, known.looks > 0
    )
    capacity.save(
        connection, source, found.stretch, {**asdict(found), "sentence": found.sentence(source)}
    )
    return found
