"""How fast we may ask: limits per host and route, and the budget that spaces requests under them.

A budget only keeps state; the client does the waiting. `LocalBudget` serves one process, and the store has
one that all processes of an installation share. Limits are spaced by GCRA (generic cell rate algorithm): a
request every `gap_s` seconds, of which `burst` may come at once after a rest.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from smartmoney.polymarket.clock import Clock
from smartmoney.settings import Settings

PUBLISHED = {
    "data": 1_000,
    "data/trades": 200,
    "data/positions": 150,
    "data/closed-positions": 150,
    "gamma": 4_000,
    "gamma/events": 500,
    "gamma/markets": 300,
    "gamma/listings": 900,
    "gamma/comments": 200,
    "gamma/tags": 200,
    "gamma/public-search": 350,
    "clob": 9_000,
    "clob/book": 1_500,
    "clob/price": 1_500,
    "clob/midpoint": 1_500,
    "clob/books": 500,
    "clob/prices": 500,
    "clob/midpoints": 500,
    "clob/prices-history": 1_000,
    "clob/tick-size": 200,
}
"""Requests per 10 s and address as published; a host's own name limits all its routes together."""
PUBLISHED_SECONDS = 10.0
OUR_SHARE = 0.5
MOST_SHARE = 0.9
BURST_SECONDS = 0.5
LOOPBACK_RATE = 500.0
"""Requests per second a simulator or a recording on this machine is asked unless RATE_LIMIT_REQUESTS says otherwise."""
BLOCKED = "blocked"
"""What the reason of `Budget.close` begins with when an edge page answered instead of the API."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One spacing rule.

    Attributes:
        name: the host (`data`), or host and family of routes (`data/trades`), counted together.
        gap_s: seconds between requests at the allowed rate.
        burst: how many may come at once after a rest, at least 1.
    """

    name: str
    gap_s: float
    burst: int


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to a reservation.

    Attributes:
        wait_s: seconds to wait before sending; with `closed`, seconds until a limit opens again.
        closed: nothing was reserved: wait, and reserve again.
        reason: why it is closed.
    """

    wait_s: float
    closed: bool = False
    reason: str = ""


class Budget(Protocol):
    """Spacing state shared by all clients that use it. Thread-safe; never sleeps."""

    def reserve(self, limits: Sequence[Limit]) -> Turn:
        """Take one request under every limit; the longest wait counts. Closed if any of them is closed."""

    def close(self, name: str, seconds: float, reason: str) -> None:
        """Let nothing through under the limit `name` for so long; only ever lengthens."""


class LocalBudget:
    """A budget inside one process."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}
        self._closed: dict[str, tuple[float, str]] = {}

    def reserve(self, limits: Sequence[Limit]) -> Turn:
        """Take one request under every limit; see `Budget.reserve`."""
        with self._lock:
            now = self._clock.monotonic()
            open_now = (now, "")
            until, reason = max(
                (self._closed.get(each.name, open_now) for each in limits), default=open_now
            )
            if until > now:
                return Turn(until - now, closed=True, reason=reason)
            return Turn(max((self._take(limit, now) for limit in limits), default=0.0))

    def _take(self, limit: Limit, now: float) -> float:
        earliest = now - limit.gap_s * (limit.burst - 1)
        slot = max(self._next.get(limit.name, earliest), earliest)
        self._next[limit.name] = slot + limit.gap_s
        return max(slot - now, 0.0)

    def close(self, name: str, seconds: float, reason: str) -> None:
        """Let nothing through under `name` for so long; see `Budget.close`."""
        with self._lock:
            until = self._clock.monotonic() + seconds
            if until > self._closed.get(name, (0.0, ""))[0]:
                self._closed[name] = (until, reason)


def family(route: str) -> str:
    """The first word of a route without its version: `/v2/positions` and `/positions` give `positions`."""
    words = [word for word in route.split("/") if word and word not in {"v1", "v2"}]
    return words[0] if words else "root"


def limits_for(host: str, route: str, settings: Settings) -> tuple[Limit, ...]:
    """The limits a request to `route` of `host` counts under, the host's own first and the route's own last.

    Half of what is published; RATE_LIMIT_REQUESTS replaces that for each route, up to 0.9 of what is
    published. Only the live API has published limits: a simulator is asked as fast as the setting says. The
    host is always named, so that closing it stops every route.
    """
    names = [host]
    if host == "gamma" and family(route) in {"markets", "events"}:
        names.append("gamma/listings")
    own = f"{host}/{family(route)}"
    rates = {
        name: PUBLISHED[name] / PUBLISHED_SECONDS for name in [*names, own] if name in PUBLISHED
    }
    asked = settings.rate_limit_requests / (settings.rate_limit_interval_ms / 1_000)
    if not asked:
        wanted = {name: OUR_SHARE * rate for name, rate in rates.items()}
    elif settings.smartmoney_source != "live":
        wanted = {host: math.inf, own: asked}
    else:
        wanted = {name: MOST_SHARE * rate for name, rate in rates.items()}
        wanted[own] = min(asked, wanted.get(own, wanted[host]))
    return tuple(_limit(name, rate) for name, rate in wanted.items())


def _limit(name: str, rate: float) -> Limit:
    return Limit(name, 1 / rate, max(1, int(min(rate, 1_000) * BURST_SECONDS)))
