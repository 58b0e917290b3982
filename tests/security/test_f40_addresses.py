"""F40, addresses: what is not Polymarket is refused before anything is sent, and nobody is led elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from smartmoney import jobs
from smartmoney.errors import ApiRefused, SettingError
from smartmoney.polymarket.client import Client
from smartmoney.settings import load
from smartmoney.store.db import Store
from tests.kit.syncing import here

BAD = (
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data",
    "https://[fd00:ec2::254]/",
    "https://10.0.0.7",
    "http://data-api.polymarket.com",
    "https://data-api.polymarket.com.evil.example",
    "https://user:pass@data-api.polymarket.com",
    "https://data-api.polymarket.com:8443",
    "gopher://127.0.0.1",
    "https://0x7f000001",
    "https://2130706433",
    "//evil.example",
)
ASKED: list[str] = []


@pytest.fixture
def trap() -> Iterator[str]:
    """A server that leads everybody to /stolen, and writes down what it is asked."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            ASKED.append(self.path)
            self.send_response(302 if "stolen" not in self.path else 200)
            self.send_header("location", f"http://127.0.0.1:{server.server_address[1]}/stolen")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    ASKED.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("url", BAD)
@pytest.mark.parametrize(
    "setting", ["polymarket_data_url", "polymarket_gamma_url", "polymarket_clob_url"]
)
def test_only_polymarket_is_live(url: str, setting: str) -> None:
    with pytest.raises(SettingError, match=setting.upper()):
        Client(load(**{setting: url}))


@pytest.mark.parametrize("url", BAD)
def test_one_address_for_all_is_held_to_the_same(url: str) -> None:
    with pytest.raises(SettingError):
        Client(load(polymarket_api_base_url=url))


def test_a_job_that_would_ask_elsewhere_fails_before_it_asks(store: Store, trap: str) -> None:
    settings = load(polymarket_api_base_url=trap)
    with pytest.raises(SettingError, match="is not Polymarket"):
        jobs.sync_markets(store=store, settings=settings)
    assert ASKED == []
    with store.raw() as connection:
        [(status, error)] = connection.execute("select status, error from ingestion_run").fetchall()
    assert status == "failed" and "is not Polymarket" in error


def test_a_redirect_is_an_error_and_is_not_followed(store: Store, trap: str) -> None:
    with pytest.raises(ApiRefused, match="302"):
        jobs.sync_markets(store=store, settings=here(trap))
    assert ASKED and not [path for path in ASKED if "stolen" in path]


def test_what_the_environment_calls_a_proxy_is_not_used(
    store: Store, trap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, trap)
    with pytest.raises(Exception, match="No route to 127.0.0.1"):
        jobs.sync_markets(store=store, settings=here("http://127.0.0.1:9"))
    assert ASKED == []
