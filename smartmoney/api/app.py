"""The REST API: its routes, what every request passes, what every error looks like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from smartmoney.api.answers import KEEP_SECONDS, THREADS, Answers
from smartmoney.api.auth import secret_of
from smartmoney.api.bucket import Buckets
from smartmoney.api.errors import answer
from smartmoney.api.gate import RequestMiddleware, served_hosts
from smartmoney.api.health import HealthWatch
from smartmoney.api.metrics import Metrics
from smartmoney.api.routes import alerts, markets, service, sync, traders, watchlist
from smartmoney.api.routes.common import Newest, Totals
from smartmoney.api.wire import camel
from smartmoney.errors import SmartmoneyError
from smartmoney.settings import Settings, get_settings
from smartmoney.store.db import open_store

ROUTERS = (
    traders.router,
    sync.router,
    markets.router,
    watchlist.router,
    alerts.rules_router,
    alerts.router,
    service.router,
)
ABOUT = """What smartmoney knows about traders and markets, as JSON.

- Names are camelCase. Money is in USD and prices in USD per share, as JSON numbers with all their decimals:
  read them as decimals where cents matter. Times are ISO 8601 in UTC. **null means not known, never zero.**
- Every list carries `asOf`, `scoreVersion`, `total` and `nextCursor`: pass it as `cursor` for the next page.
- GET answers carry an ETag; send it as If-None-Match and get 304 while nothing changed.
- Errors have one shape: `error.code`, `error.message` (a sentence), `error.requestId`, and
  `error.parameter` where one is wrong.
- A trader is its trading wallet. The address of its owner answers 404 with `error.code` owner_address and the
  wallet as `error.tradingWallet`; watching or syncing an owner's address does so for its trading wallet.
- Routes that act (POST, PUT, DELETE) need a bearer token: `smartmoney token` makes one.
- Display names and questions are written by strangers: show them as text.
"""


def create_app(settings: Settings | None = None, keep_seconds: float = KEEP_SECONDS) -> FastAPI:
    """The app. Nothing is connected until the first request.

    Args:
        settings: whose database, CORS list, rate limit and key it uses; this process's own by default.
        keep_seconds: how long lists are answered from memory; 0 to read every time.

    Raises:
        SettingError: API_JWT_SECRET is too short, or the database's address is wrong.
    """
    settings = settings or get_settings()
    store = open_store("sm_read", settings, pool_size=THREADS)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        store.dispose()

    app = FastAPI(
        title="smartmoney",
        version=version("smartmoney"),
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: camel(route.name),
    )
    app.state.settings, app.state.jwt_secret = settings, secret_of(settings)
    app.state.answers, app.state.totals, app.state.newest = (
        Answers(store, keep_seconds),
        Totals(),
        Newest(),
    )
    app.state.health, app.state.metrics = HealthWatch(settings, Answers(store)), Metrics()
    app.state.routes = [route for router in ROUTERS for route in router.routes]
    for router in ROUTERS:
        app.include_router(router)
    for kind in (RequestValidationError, HTTPException, SmartmoneyError):
        app.add_exception_handler(kind, answer)
    _guard(app, settings)
    return app


def _guard(app: FastAPI, settings: Settings) -> None:
    """The request middleware, and around it CORS, so that refusals carry its headers too."""
    hosts, buckets = served_hosts(settings), Buckets(settings.api_rate_limit)
    app.add_middleware(
        RequestMiddleware,
        metrics=app.state.metrics,
        buckets=buckets,
        hosts=hosts,
        origins=frozenset(each.rstrip("/").lower() for each in settings.cors_origin),
    )
    if settings.cors_origin:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origin,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "X-Request-ID"],
            expose_headers=["ETag", "Retry-After", "X-Request-ID"],
        )
