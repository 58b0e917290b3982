"""The database goes away and comes back: 503 in the one shape meanwhile, and no restart is needed after."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from smartmoney.api import create_app
from smartmoney.settings import Settings, load
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import start_and_migrate
from tests.kit.api_server import serving


@pytest.fixture
def own() -> Iterator[tuple[EmbeddedPostgres, Settings]]:
    """A server that may be stopped."""
    home = Path(tempfile.mkdtemp(prefix="smartmoney-away-"))
    home.chmod(0o755)
    settings = load(smartmoney_home=home, database_url=None, api_rate_limit=0)
    try:
        start_and_migrate(settings)
        yield EmbeddedPostgres(home), settings
    finally:
        EmbeddedPostgres(home).stop("immediate")
        shutil.rmtree(home, ignore_errors=True)


def test_it_says_503_and_recovers(own: tuple[EmbeddedPostgres, Settings]) -> None:
    server, settings = own
    with (
        serving(create_app(settings, keep_seconds=0)) as address,
        httpx.Client(base_url=address, timeout=20, trust_env=False) as client,
    ):
        assert (
            client.get("/api/traders").status_code == 200
            and client.get("/health").status_code == 200
        )
        server.stop("immediate")
        time.sleep(1.1)
        for path in (
            "/api/traders",
            "/api/traders/0x" + "1" * 40,
            "/api/markets/1/trades",
            "/api/watchlist",
        ):
            response = client.get(path)
            error = response.json()["error"]
            assert (response.status_code, error["code"], response.headers["retry-after"]) == (
                503,
                "unavailable",
                "2",
            ), path
            assert (
                error["message"].startswith("The database does not answer")
                and str(settings.smartmoney_home) not in response.text
            )
        health = client.get("/health")
        assert (
            health.status_code == 503
            and health.json()["status"] == "down"
            and health.json()["streams"] == []
        )
        assert health.json()["database"]["reachable"] is False and health.json()["sentences"]
        assert "smartmoney_database_up 0.0" in client.get("/metrics").text
        assert client.get("/openapi.json").status_code == client.get("/docs").status_code == 200
        begin = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: client.get("/api/markets").status_code, range(40)))
        assert set(statuses) == {503} and time.monotonic() - begin < 10
        server.start()
        until = time.monotonic() + 15
        while client.get("/api/traders").status_code != 200 and time.monotonic() < until:
            time.sleep(0.2)
        assert client.get("/api/traders").json()["items"] == []
        time.sleep(1.1)
        assert client.get("/health").status_code == 200
