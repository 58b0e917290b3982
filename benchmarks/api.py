"""The REST API under 32 connections, against a route that does nothing in the same process.

.venv/bin/python -m benchmarks.api              10,000 traders, 3,000 requests a measurement
.venv/bin/python -m benchmarks.api 2000 1000    traders, requests
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice

import orjson
import psutil
import uvicorn
from starlette.responses import Response

from benchmarks.servers import fresh_store
from smartmoney.api import create_app
from smartmoney.settings import load
from smartmoney.store import reads
from smartmoney.store.db import Store
from tests.kit.seed import Seed, Size

CONNECTIONS = 32
PAGE = 50
TRIVIAL, HEALTH, FIRST = "/trivial", "/health", f"/api/traders?limit={PAGE}"


def serve(descriptor: int, keep_seconds: float) -> None:
    """What the measured process runs: the API as it is, and one route that does nothing."""
    app = create_app(load(), keep_seconds)

    @app.get(TRIVIAL, include_in_schema=False)
    async def trivial() -> Response:
        return Response(b"{}", media_type="application/json")

    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


@dataclass
class Served:
    """A running API: its port and its process."""

    port: int
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of CPU so far, its own and the system's for it."""
        times = self.process.cpu_times()
        return times.user + times.system


@contextmanager
def server(store: Store, keep_seconds: float) -> Iterator[Served]:
    """The API in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.listen(512)
        port, descriptor = listener.getsockname()[1], listener.fileno()
        environment = {
            **os.environ,
            "DATABASE_READ_URL": store.url,
            "API_RATE_LIMIT": "0",
            "LOG_LEVEL": "WARNING",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.api", "serve", str(descriptor), str(keep_seconds)],
            env=environment,
            pass_fds=[descriptor],
        )
    try:
        yield Served(port, psutil.Process(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def get(port: int, path: str) -> bytes:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
            body: bytes = response.read()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{path} answered {error.code}: {error.read().decode()[:2_000]}") from None
    return body


async def connection(
    port: int, paths: Iterator[str], seconds: list[float], statuses: set[bytes]
) -> None:
    """One kept-alive connection that asks for the next path until there are none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for path in paths:
        begin = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        seconds.append(time.perf_counter() - begin)
        statuses.add(head[9:12])
    writer.close()


async def load_on(port: int, paths: list[str], requests: int) -> tuple[float, list[float]]:
    shared, seconds, statuses = islice(cycle(paths), requests), [], set()  # type: ignore[var-annotated]
    begin = time.perf_counter()
    await asyncio.gather(*(connection(port, shared, seconds, statuses) for _ in range(CONNECTIONS)))
    if statuses != {b"200"}:
        raise SystemExit(f"expected 200 only, got {statuses}")
    return requests / (time.perf_counter() - begin), sorted(seconds)


def measured(
    words: str, api: Served, paths: list[str], requests: int, trivial: float | None = None
) -> float:
    asyncio.run(load_on(api.port, paths, requests // 10))
    before = api.cpu()
    rate, seconds = asyncio.run(load_on(api.port, paths, requests))
    spent = (api.cpu() - before) / requests * 1000
    p50, p95 = (seconds[int(len(seconds) * part)] * 1000 for part in (0.5, 0.95))
    ratio = "" if trivial is None else f"   {rate / trivial:5.2f} of trivial"
    print(
        f"{words:52} {rate:7.0f} req/s   p50 {p50:5.1f} ms   p95 {p95:5.1f} ms   CPU {spent:4.2f} ms{ratio}",
        flush=True,
    )
    return rate


def pages(port: int) -> list[str]:
    """Addresses of all pages of four lists: two sorts, a filter, a search."""
    found = []
    for query in ("", "&sort=totalPnl", "&tier=C,D&hideFlagged=true", "&q=trader-1"):
        cursor = ""
        while cursor is not None and len(found) < 400:
            found.append(f"{FIRST}{query}{f'&cursor={cursor}' if cursor else ''}")
            cursor = orjson.loads(get(port, found[-1]))["nextCursor"]
    return found


def main(traders: int = 10_000, requests: int = 3_000) -> None:
    with fresh_store() as store:
        Seed(Size(traders=traders, markets=500, trades=20_000, days=30)).write(store)
        with store.session() as raw:
            raw.execute("vacuum analyze")
        assert reads.traders(store).total == traders
        with server(store, keep_seconds=5) as kept, server(store, keep_seconds=0) as plain:
            every = pages(plain.port)
            for api in (kept, plain):
                get(api.port, HEALTH)
            trivial = measured("a route that does nothing (yardstick)", plain, [TRIVIAL], requests)
            measured("GET /health (bar 500)", plain, [HEALTH], requests, trivial)
            measured(
                f"GET /api/traders, {len(every)} pages, each read anew (bar 300)",
                plain,
                every,
                requests,
                trivial,
            )
            measured("GET /api/traders, first page, as served", kept, [FIRST], requests, trivial)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]), float(sys.argv[3]))
    else:
        main(*(int(word) for word in sys.argv[1:]))
