"""The one HTTP client: budget, retry, deadline, circuit. Nothing else here imports the HTTP library."""

from __future__ import annotations

import logging
import random
import threading
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import count

import httpx

from smartmoney.errors import ApiBlocked, ApiRefused, ApiThrottled, ApiUnavailable, ShapeChanged
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
from smartmoney.polymarket.deadline import Deadline, TimedBackend
from smartmoney.polymarket.retry import Reply, Verdict, judge, wait_after
from smartmoney.polymarket.shapes import Observer
from smartmoney.settings import Settings, get_settings

log = logging.getLogger(__name__)

MOST_TRIES = 5
MOST_TRIES_WITHOUT_ROUTE = 3
MOST_SECONDS = 120.0
SHORTEST_WAIT_S = 0.001
LONGEST_WAIT_S = 60.0
LONGEST_CLOSE_S = 3_600.0
MOST_BYTES = 64 * 1024 * 1024
CONNECT_S = 10.0
POOL_TIMEOUTS_BEFORE_REBUILD = 2


class Client:
    """Asks Polymarket, politely and for as long as it makes sense.

    Attributes:
        counts: requests, retries, throttles, blocks and rebuilds of this client so far.
        shapes: what was seen of the routes' rows.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        budget: Budget | None = None,
        clock: Clock | None = None,
        chance: random.Random | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            settings: addresses, deadline and rates.
            budget: state of the spacing; share one between all clients that ask from this address.
            clock: the time and the waiting.
            chance: source of the jitter.

        Raises:
            SettingError: an address may not be asked.
        """
        self.settings = settings or get_settings()
        self.clock = clock or Clock()
        self.budget = budget or LocalBudget(self.clock)
        self.counts: Counter[str] = Counter()
        self.shapes = Observer(self.clock)
        self._urls = hosts.checked_urls(self.settings)
        self._chance = chance or random.Random()
        self._deadline = Deadline()
        self._lock = threading.Lock()
        self._circuits = {host: Circuit() for host in self._urls}
        self._resolved: set[str] = set()
        self._pool_timeouts = 0
        self._http = self._build()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

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
        try:
            with self._deadline.within(self.settings.request_deadline_s):
                self._resolve(call)
                with self._http.stream("GET", call.url, params=call.query) as answer:
                    reply = Reply(answer.status_code, dict(answer.headers), _read(answer))
        except httpx.PoolTimeout:
            self._rebuild_if_stuck()
            return None, Verdict("again", "no free connection")
        except (httpx.ConnectError, httpx.ConnectTimeout, OSError) as error:
            return None, Verdict("again", f"no connection: {_said(error)}", no_route=True)
        except httpx.TimeoutException:
            return None, Verdict(
                "again", f"no whole answer in {self.settings.request_deadline_s:g} s"
            )
        except (httpx.TransportError, _Broken) as error:
            return None, Verdict("again", f"the answer broke off: {_said(error)}")
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

    def _resolve(self, call: Call) -> None:
        """Once per host: a name that points inside is refused."""
        if call.host not in self._resolved and not self.settings.polymarket_use_proxy:
            hosts.refuse_inside(call.url)
            self._resolved.add(call.host)

    def _build(self) -> httpx.Client:
        most = self.settings.worker_concurrency + 4
        http = httpx.Client(
            http1=True,
            http2=False,
            follow_redirects=False,
            trust_env=self.settings.polymarket_use_proxy,
            timeout=httpx.Timeout(
                self.settings.request_deadline_s, connect=CONNECT_S, pool=CONNECT_S
            ),
            limits=httpx.Limits(max_connections=most, max_keepalive_connections=most),
            headers={
                "accept": "application/json",
                "accept-encoding": "gzip",
                "user-agent": "smartmoney",
            },
        )
        for transport in [http._transport, *http._mounts.values()]:
            # the library offers no public way to time a whole request
            pool = getattr(transport, "_pool", None)
            if pool is not None:
                pool._network_backend = TimedBackend(pool._network_backend, self._deadline)
        return http

    def _rebuild_if_stuck(self) -> None:
        """After two waits for a connection in vain the pool is taken for broken and made anew."""
        with self._lock:
            self._pool_timeouts += 1
            if self._pool_timeouts >= POOL_TIMEOUTS_BEFORE_REBUILD:
                self._pool_timeouts = 0
                self._http = self._build()
                self.counts["rebuilds"] += 1

    def _count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1


class _Broken(Exception):
    """The body ended too early, or in a packing we did not ask for."""


def _read(answer: httpx.Response) -> bytes:
    """The unpacked body, read to its end.

    Raises:
        _Broken: it ended too early.
        ShapeChanged: it is larger than any answer should be.
    """
    packing = answer.headers.get("content-encoding", "identity").lower()
    if packing not in {"identity", "", "gzip", "deflate"}:
        raise _Broken(f"packed as {packing[:20]}")
    unpack = zlib.decompressobj(wbits=47) if packing in {"gzip", "deflate"} else None
    body = bytearray()
    try:
        for chunk in answer.iter_raw():
            body += unpack.decompress(chunk, MOST_BYTES) if unpack else chunk
            if len(body) > MOST_BYTES or (unpack and unpack.unconsumed_tail):
                raise ShapeChanged(
                    f"{answer.url.path} answered with more than {MOST_BYTES:,} bytes."
                )
    except zlib.error as error:
        raise _Broken("its packing is damaged") from error
    if unpack and body and not unpack.eof:
        raise _Broken("its packing ends too early")
    return bytes(body)


def _said(error: BaseException) -> str:
    return str(error)[:120] or type(error).__name__
