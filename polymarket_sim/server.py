"""One loopback server for all hosts: /data, /gamma, /clob, the websockets /rtds and /ws/market, and /_sim
for tests."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polymarket_sim import life
from polymarket_sim.accounts.served import Limits, Served
from polymarket_sim.api import clob, data_v1, data_v2, gamma
from polymarket_sim.api.combos import Combos
from polymarket_sim.api.data_v2_holdings import DataV2Holdings
from polymarket_sim.api.data_v2_markets import DataV2Markets
from polymarket_sim.api.data_v2_reports import DataV2Reports
from polymarket_sim.api.edge import EdgeCache
from polymarket_sim.api.resolutions import Resolutions
from polymarket_sim.api.stream import Hub
from polymarket_sim.faulty.misbehave import Misbehaviour, Rule, rule_of
from polymarket_sim.protocol.wire import reply
from polymarket_sim.world import World
from smartmoney.listeners import LOOPBACK, MOST_MESSAGE, Door

START_SECONDS = 30.0
MOST_LOGGED = 200_000


@dataclass(frozen=True)
class Logged:
    """One request the server answered: monotonic time of arrival, and how long it took in seconds."""

    method: str
    path: str
    params: dict[str, str]
    status: int
    time: float
    seconds: float


class Simulator:
    """A world, its server application, and the switches tests turn.

    Attributes:
        world: the world served.
        misbehaviour: rules for misbehaving, also settable over HTTP.
        requests: every request below /data, /gamma and /clob, in order of completion (the newest 100,000 at
            least).
    """

    def __init__(
        self,
        world: World,
        misbehave: list[Rule] | None = None,
        limits: Limits | None = None,
        live: bool = False,
        trades_per_minute: float = 60.0,
        tick_seconds: int = 2,
        cached: bool = False,
    ) -> None:
        self.world = world
        self.served = Served(world, limits)
        self.hub = Hub(self.served)
        self.requests: list[Logged] = []
        self.misbehaviour = Misbehaviour(misbehave or [], world.seed, self.tick)
        self.live, self.trades_per_minute, self.tick_seconds = live, trades_per_minute, tick_seconds
        self.url = ""
        self._cached = cached
        self.app: ASGIApp = self._application()

    @property
    def data_url(self) -> str:
        """Base URL of the data API (v1 and v2)."""
        return f"{self.url}/data"

    @property
    def gamma_url(self) -> str:
        """Base URL of gamma."""
        return f"{self.url}/gamma"

    @property
    def clob_url(self) -> str:
        """Base URL of the clob."""
        return f"{self.url}/clob"

    @property
    def ws_url(self) -> str:
        """URL of the live trades feed; the market channel is at `market_ws_url`."""
        return f"ws{self.url.removeprefix('http')}/rtds"

    @property
    def market_ws_url(self) -> str:
        """URL of the market channel."""
        return f"ws{self.url.removeprefix('http')}/ws/market"

    def tick(self, count: int = 1) -> None:
        """Advance the world by `count` ticks. From another thread than the server's, use `POST
        /_sim/tick`."""
        for _ in range(count):
            self._pass(self.tick_seconds)

    def prepare(self) -> None:
        """Book all positions before the first request: seconds in a world of millions of rows."""
        self.served.refresh(set())

    def catch_up(self, now: int) -> None:
        """Let the world live until `now` (Unix seconds) before it is served; nothing when that is past."""
        if now > self.world.now:
            self._pass(now - self.world.now)

    def _pass(self, seconds: int) -> None:
        step = life.tick(self.world, seconds, self.trades_per_minute)
        self.served.refresh(step.touched())
        self.hub.publish(step)

    # The application

    def _application(self) -> ASGIApp:
        feeds = data_v2.DataV2(self.served)
        others = (
            DataV2Holdings(feeds),
            DataV2Markets(feeds),
            DataV2Reports(feeds),
            Combos(feeds),
            Resolutions(self.served),
        )
        v2 = data_v2.mount(
            {path: handler for part in (feeds, *others) for path, handler in part.routes().items()}
        )
        plain = _host([*v2, *data_v1.DataV1(self.served).routes()], _data_error)
        data = EdgeCache(plain, lambda: self.world.now, keeps=self._cached)
        meta = _host(gamma.Gamma(self.served).routes(), lambda path: gamma.error("not found", 404))
        books = _host(
            clob.Clob(self.served).routes(), lambda path: reply({"error": "not found"}, 404)
        )
        hosts = Router([Mount("/data", data), Mount("/gamma", meta), Mount("/clob", books)])
        routes = [
            Route("/", self._welcome),
            Mount("/_sim", routes=self._switches()),
            WebSocketRoute("/rtds", self.hub.rtds),
            WebSocketRoute("/ws/market", self.hub.market),
            Mount("/", _Log(self.misbehaviour.around(hosts), self.requests)),
        ]
        return Door(Starlette(routes=routes, lifespan=self._lifespan), LOOPBACK)

    def _switches(self) -> list[Route]:
        return [
            Route("/misbehave", self._misbehave, methods=["POST", "DELETE"]),
            Route("/tick", self._tick, methods=["POST"]),
            Route("/truth", self._truth, methods=["GET"]),
            Route("/health", self._health, methods=["GET"]),
        ]

    async def _welcome(self, request: Request) -> Response:
        paths = ["/data", "/gamma", "/clob", "/rtds", "/ws/market", "/_sim"]
        return reply({"simulator": "Polymarket in a box", "now": self.world.now, "paths": paths})

    async def _misbehave(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.misbehaviour.rules.clear()
            return reply({"rules": 0})
        rules_given = await request.json()
        try:
            rules = [
                rule_of(item)
                for item in (rules_given if isinstance(rules_given, list) else [rules_given])
            ]
        except (TypeError, ValueError) as problem:
            return reply({"error": str(problem)}, 400)
        self.misbehaviour.rules.extend(rules)
        return reply({"rules": len(self.misbehaviour.rules)})

    async def _tick(self, request: Request) -> Response:
        before = len(self.world.entries)
        self.tick(int(request.query_params.get("n", "1")))
        return reply({"now": self.world.now, "rows": len(self.world.entries) - before})

    async def _truth(self, request: Request) -> Response:
        """Exact results by wallet, all or `user`, in whole micro-dollars."""
        only = request.query_params.get("user")
        numbers = (
            range(len(self.world.traders))
            if only is None
            else [self.world.trader_index.get(only.lower())]
        )
        return reply(
            {self.world.traders[n].address: self._true(n) for n in numbers if n is not None}
        )

    def _true(self, number: int) -> dict[str, Any]:
        who, found = self.world.traders[number], self.world.truth(number)
        return {
            "kind": who.kind,
            "skill": who.skill,
            "realized_micro": found.realized,
            "income_micro": found.income,
            "fees_micro": found.fees,
            "cash_micro": found.cash,
            "fills": found.fills,
            "open": len(found.shares),
            "open_cost_micro": sum(found.cost.values()),
        }

    async def _health(self, request: Request) -> Response:
        return reply(
            {
                "now": self.world.now,
                "rows": len(self.world.entries),
                "markets": len(self.world.markets),
            }
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(self._live()) if self.live else None
        yield
        if task:
            task.cancel()

    async def _live(self) -> None:
        """Keep the world's clock at the pace of the wall clock, until `live` is switched off."""
        begun, base = time.monotonic(), self.world.now
        while self.live:
            while self.world.now + self.tick_seconds <= base + time.monotonic() - begun:
                self.tick()
                await asyncio.sleep(0)
            await asyncio.sleep(0.2)


def _host(routes: list[Route], refuse: Callable[[str], Response]) -> ASGIApp:
    """One host's routes; a path it does not know gets the host's own error body."""

    async def unknown(scope: Scope, receive: Receive, send: Send) -> None:
        await refuse(scope["path"])(scope, receive, send)

    return Router(routes, default=unknown, redirect_slashes=False)


def _data_error(path: str) -> Response:
    return data_v2.error("not found", 404) if "/v2/" in path else reply({"error": "not found"}, 404)


class _Log:
    """Notes every request with the status that was sent."""

    def __init__(self, app: ASGIApp, requests: list[Logged]) -> None:
        self.app, self.requests = app, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, status = time.monotonic(), 0

        async def note(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, note)
        finally:
            params = dict(
                parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
            )
            elapsed = time.monotonic() - begun
            if len(self.requests) >= MOST_LOGGED:
                del self.requests[: MOST_LOGGED // 2]
            self.requests.append(
                Logged(scope.get("method", ""), scope["path"], params, status, begun, elapsed)
            )


def listen(port: int = 0) -> socket.socket:
    """A socket bound to loopback; port 0 takes a free one."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    bound.listen(1024)
    return bound


def uvicorn_server(app: ASGIApp) -> uvicorn.Server:
    """A quiet uvicorn server for the application (it is given its socket when run)."""
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=1,
        ws_max_size=MOST_MESSAGE,
    )
    return uvicorn.Server(config)


@contextmanager
def running(
    world: World, misbehave: list[Rule] | None = None, port: int = 0, **options: Any
) -> Iterator[Simulator]:
    """Serve a world from a thread on a free loopback port; `options` are those of `Simulator`.

    Raises:
        TimeoutError: the server did not start within half a minute.
    """
    simulator = Simulator(world, misbehave, **options)
    simulator.prepare()
    bound = listen(port)
    server = uvicorn_server(simulator.app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    give_up = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > give_up or not thread.is_alive():
            raise TimeoutError("the simulator did not start")
        time.sleep(0.01)
    simulator.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    try:
        yield simulator
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()
