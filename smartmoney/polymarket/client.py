"""The one HTTP client: budget, retry, deadline, circuit. The HTTP library has its door in `transport`."""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Self

from smartmoney.errors import ApiBlocked, ApiRefused, ApiThrottled, ApiUnavailable
from smartmoney.polymarket import hosts
from smartmoney.polymarket.budget import BLOCKED, Budget, LocalBudget, limits_for
from smartmoney.polymarket.call import (
    Call,
    Param,
    Response,
    filled,
    pairs,
    refusal,
    response,
    unavailable,
)
from smartmoney.polymarket.circuit import Circuit
from smartmoney.polymarket.clock import Clock
from smartmoney.polymarket.retry import Reply, Verdict, judge, wait_after
from smartmoney.polymarket.shapes import Observer
from smartmoney.polymarket.transport import NoConnection, NoRoute, Transport, TransportError
from smartmoney.settings import Settings, get_settings

log = logging.getLogger(__name__)

MOST_TRIES = 5
MOST_TRIES_WITHOUT_ROUTE = 3
MOST_SECONDS = 120.0
SHORTEST_WAIT_S = 0.001
LONGEST_WAIT_S = 60.0
LONGEST_CLOSE_S = 3_600.0
MOST_BYTES = 64 * 1024 * 1024
PAGE_ROWS = 1_000
POOL_TIMEOUTS_BEFORE_REBUILD = 2


class Client:
    """Asks Polymarket, politely and for as long as it makes sense.

    Attributes:
        counts: requests, retries, throttles, blocks and rebuilds of this client so far.
        shapes: what was seen of the routes' rows.
        page_rows: rows of the data API asked for at once.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        budget: Budget | None = None,
        clock: Clock | None = None,
        chance: random.Random | None = None,
        page_rows: int = PAGE_ROWS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """Nothing is sent yet.

        Args:
            settings: addresses, deadline and rates.
            budget: state of the spacing; share one between all clients that ask from this address.
            clock: the time and the waiting.
            chance: source of the jitter.
            page_rows: rows of the data API asked for at once.
            most_bytes: an answer larger than this, unpacked, is refused.

        Raises:
            SettingError: an address may not be asked.
        """
        self.settings = settings or get_settings()
        self.clock = clock or Clock()
        self.budget = budget or LocalBudget(self.clock)
        self.counts: Counter[str] = Counter()
        self.shapes = Observer(self.clock)
        self._urls = hosts.checked_urls(self.settings)
        self.page_rows, self._most_bytes = page_rows, most_bytes
        self._chance = chance or random.Random()
        self._lock = threading.Lock()
        self._circuits = {host: Circuit() for host in self._urls}
        self._pool_timeouts = 0
        self._transport = self._build()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def get(
        self,
        host: str,
        route: str,
        params: Mapping[str, Param] | None = None,
        path: Mapping[str, str] | None = None,
    ) -> Response:
        """Ask one route, waiting, retrying and slowing down as told.

        Args:
            host: `data`, `gamma` or `clob`.
            route: path below the host's address; `{name}` is filled from `path`.
            params: query; None is left out, lists are comma-joined for data and repeated for the others.
            path: values of the route's names.

        Raises:
            ApiRefused: the route answered 400, 401, 404, 410 or the like; asking again would not help.
            ApiThrottled: it asked for a longer wait than a run may wait.
            ApiBlocked: an edge page answered; the host is left alone until the cool-down is over.
            ApiUnavailable: no route, or no good answer within the tries.
            ShapeChanged: the answer is larger than any of its kind.
        """
        call = self._call(host, route, params or {}, path or {})
        started = self.clock.monotonic()
        for attempt in count(1):
            self._await_turn(call)
            reply, verdict = self._ask(call)
            if reply is not None and verdict.action == "take":
                return response(call, reply, verdict)
            self._react(call, verdict, attempt, self.clock.monotonic() - started)
        raise AssertionError("unreachable")

    def _call(
        self, host: str, route: str, params: Mapping[str, Param], path: Mapping[str, str]
    ) -> Call:
        route_here = filled(route, path)
        return Call(
            host,
            route_here,
            self._urls[host] + route_here,
            pairs(params, joined=host == "data"),
            limits_for(host, route, self.settings),
        )

    def _await_turn(self, call: Call) -> None:
        """Wait until the budget lets the request through, and it was not closed during the wait."""
        limits = call.limits
        while True:
            turn = self.budget.reserve(limits)
            if turn.closed and turn.reason.startswith(BLOCKED):
                raise ApiBlocked(
                    f"{call.host} is left alone for {turn.wait_s:.0f} s more, {turn.reason}."
                )
            if turn.closed and turn.wait_s > LONGEST_WAIT_S:
                raise ApiThrottled(
                    f"{call.host}{call.route} is closed for {turn.wait_s:.0f} s more "
                    f"({turn.reason}); the next run goes on from here.",
                    turn.wait_s,
                )
            if not turn.closed and (turn.wait_s <= 0 or limits is not call.limits):
                return
            self.clock.sleep(max(turn.wait_s, SHORTEST_WAIT_S))
            limits = (
                call.limits
                if turn.closed
                else tuple(replace(each, gap_s=0.0) for each in call.limits)
            )

    def _ask(self, call: Call) -> tuple[Reply | None, Verdict]:
        circuit = self._circuits[call.host]
        entered = circuit.enter(self.clock.monotonic())
        if entered is None:
            raise ApiBlocked(
                f"{call.host} was blocked and is left alone, but for one request that tries whether it answers again."
            )
        try:
            reply, verdict = self._attempt(call)
        except BaseException:
            circuit.failed(entered)
            raise
        if verdict.action == "block":
            self._open_circuit(call, verdict, circuit.blocked(entered, self.clock.monotonic()))
        elif verdict.action in {"take", "refuse"}:
            circuit.answered(entered)
        else:
            circuit.failed(entered)
        return reply, verdict

    def _attempt(self, call: Call) -> tuple[Reply | None, Verdict]:
        """Send once; whatever goes wrong on the way becomes a verdict."""
        self._count("requests")
        seconds = self.settings.request_deadline_s
        try:
            reply = self._transport.get(call.url, call.query, seconds, self._most_bytes)
        except NoConnection:
            self._rebuild_if_stuck()
            return None, Verdict("again", "no free connection")
        except NoRoute as error:
            return None, Verdict("again", f"no connection: {error}", no_route=True)
        except TransportError as error:
            return None, Verdict("again", str(error))
        self._pool_timeouts = 0
        return reply, judge(reply, self.clock.time())

    def _react(self, call: Call, verdict: Verdict, attempt: int, elapsed: float) -> None:
        """Wait before the next attempt, or raise what the verdict means."""
        if verdict.action == "refuse":
            raise ApiRefused(refusal(call, verdict), verdict.status)
        wait = wait_after(verdict, attempt, self._chance)
        if verdict.action == "slow":
            self._slow_down(call, verdict, wait, attempt)
            return
        most_tries = MOST_TRIES_WITHOUT_ROUTE if verdict.no_route else MOST_TRIES
        late = elapsed + wait > MOST_SECONDS
        if verdict.action == "give up" or attempt >= most_tries or late:
            raise ApiUnavailable(unavailable(call, verdict, attempt))
        self._count("retries")
        log.warning("%s: %s; again in %.1f s", call, verdict.why, wait)
        self.clock.sleep(wait)

    def _open_circuit(self, call: Call, verdict: Verdict, seconds: float) -> None:
        """Close the host for everybody who shares the budget, and say so once however many were under way."""
        self._count("blocks")
        if not seconds:
            raise ApiBlocked(
                f"{call.host} answered {call.route} with a block page ({verdict.why})."
            )
        self.budget.close(call.host, seconds, f"{BLOCKED}: {verdict.why}")
        sentence = (
            f"{call.host} answered {call.route} with a block page ({verdict.why}); it is left alone for "
            f"{seconds:.0f} s. Check whether this address or region is refused."
        )
        log.error("%s", sentence)
        raise ApiBlocked(sentence)

    def _slow_down(self, call: Call, verdict: Verdict, wait: float, attempt: int) -> None:
        """Close the route, or the whole host, for everybody who shares the budget."""
        self._count("throttles")
        name = call.host if verdict.whole_host else call.limits[-1].name
        self.budget.close(name, min(wait, LONGEST_CLOSE_S), verdict.why)
        log.warning("%s: %s; %s rests for %.1f s", call, verdict.why, name, wait)
        if wait > LONGEST_WAIT_S or attempt >= MOST_TRIES:
            raise ApiThrottled(
                f"{call.host}{call.route} asks for a pause of {wait:.0f} s ({verdict.why}, "
                f"try {attempt}); the next run goes on from here.",
                min(wait, LONGEST_CLOSE_S),
            )

    def _build(self) -> Transport:
        return Transport(self.settings.worker_concurrency + 4, self.settings.polymarket_use_proxy)

    def _rebuild_if_stuck(self) -> None:
        """After two waits for a connection in vain the pool is taken for broken and made anew."""
        with self._lock:
            self._pool_timeouts += 1
            if self._pool_timeouts >= POOL_TIMEOUTS_BEFORE_REBUILD:
                self._pool_timeouts = 0
                self._transport = self._build()
                self.counts["rebuilds"] += 1

    def _count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1
