"""One GET over kept connections, done or given up within a deadline; the door of the HTTP library.

The library's timeouts are per read, so a server that sends a byte now and then holds a request for ever. Here
every wait on the socket is cut to what is left of the thread's deadline.
"""

from __future__ import annotations

import math
import ssl
import threading
import time
import urllib.request
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpcore

from smartmoney.errors import ShapeChanged
from smartmoney.polymarket import hosts
from smartmoney.polymarket.retry import Reply

CONNECT_S = 10.0
KEPT_ALIVE_S = 5.0
HEADERS: Mapping[bytes | str, bytes | str] = {
    "accept": "application/json",
    "accept-encoding": "gzip",
    "user-agent": "smartmoney",
}
_PACKINGS = {"gzip", "deflate"}


class TransportError(Exception):
    """No whole answer came; the text says why in a few words."""


class NoConnection(TransportError):
    """No connection of the pool became free."""


class NoRoute(TransportError):
    """Not even a connection came about."""


class Deadline(threading.local):
    """The moment by which the current thread's request must be done."""

    until: float = math.inf

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Everything on a timed socket inside the block ends within so many seconds."""
        self.until = time.monotonic() + seconds
        try:
            yield
        finally:
            self.until = math.inf

    def most(self, timeout: float | None) -> float | None:
        """The timeout cut to what is left.

        Raises:
            httpcore.ReadTimeout: nothing is left.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline of the request has passed")
        if timeout is not None and timeout < left:
            return timeout
        return None if math.isinf(left) else left


class TimedBackend(httpcore.NetworkBackend):
    """A network backend whose connections keep the deadline."""

    def __init__(self, inner: httpcore.NetworkBackend, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect within the deadline."""
        most = self._deadline.most(timeout)
        stream = self._inner.connect_tcp(host, port, most, local_address, socket_options)
        return TimedStream(stream, self._deadline)

    def sleep(self, seconds: float) -> None:
        """Wait; the library asks for it between its own connection attempts."""
        self._inner.sleep(seconds)


class TimedStream(httpcore.NetworkStream):
    """A connection whose every wait is cut to the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes within the deadline."""
        return self._inner.read(max_bytes, self._deadline.most(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes within the deadline."""
        self._inner.write(buffer, self._deadline.most(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands within the deadline."""
        most = self._deadline.most(timeout)
        return TimedStream(
            self._inner.start_tls(ssl_context, server_hostname, most), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        """What the library asks about the connection."""
        return self._inner.get_extra_info(info)


class Transport:
    """Kept connections to the hosts of the API, or to the proxy of the environment."""

    def __init__(self, most_connections: int, use_proxy: bool) -> None:
        """Nothing is connected yet.

        Args:
            most_connections: at once.
            use_proxy: take the proxy of the environment, where it names one for the host.
        """
        self._most, self._use_proxy = most_connections, use_proxy
        self._deadline = Deadline()
        self._lock = threading.Lock()
        self._pools: dict[str, httpcore.ConnectionPool] = {}
        self._found_outside: set[str] = set()

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()

    def get(
        self, url: str, query: Iterable[tuple[str, str]], seconds: float, most_bytes: int
    ) -> Reply:
        """One answer, read to its end.

        Args:
            url: without a query.
            query: names and values.
            seconds: most for the whole: name, connection, headers and every byte of the body.
            most_bytes: of the unpacked body.

        Raises:
            TransportError: no whole answer came.
            SettingError: the name points to an address inside.
            ShapeChanged: the body is larger than that.
        """
        pairs = urlencode(list(query))
        timeout = {"connect": CONNECT_S, "read": seconds, "write": seconds, "pool": CONNECT_S}
        try:
            with self._deadline.within(seconds):
                pool = self._pool(url)
                address = f"{url}?{pairs}" if pairs else url
                with pool.stream(
                    "GET", address, headers=HEADERS, extensions={"timeout": timeout}
                ) as answer:
                    headers = {
                        name.decode("latin-1").lower(): value.decode("latin-1")
                        for name, value in answer.headers
                    }
                    body = _read(answer, headers, urlsplit(url).path, most_bytes)
        except httpcore.PoolTimeout as error:
            raise NoConnection("no free connection") from error
        except (
            httpcore.ConnectError,
            httpcore.ConnectTimeout,
            httpcore.ProxyError,
            OSError,
        ) as error:
            raise NoRoute(_in_words(error)) from error
        except httpcore.TimeoutException as error:
            raise TransportError(f"no whole answer in {seconds:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise TransportError(f"the answer broke off: {_in_words(error)}") from error
        return Reply(answer.status, headers, body)

    def _pool(self, url: str) -> httpcore.ConnectionPool:
        """The connections to the host of an address; a name is looked at before it is first asked."""
        parts = urlsplit(url)
        proxy = self._proxy(parts.scheme, parts.hostname or "") if self._use_proxy else None
        if not self._use_proxy and parts.netloc not in self._found_outside:
            hosts.refuse_inside(url)
            self._found_outside.add(parts.netloc)
        with self._lock:
            pool = self._pools.get(parts.netloc)
            if pool is None:
                pool = self._pools[parts.netloc] = httpcore.ConnectionPool(
                    ssl_context=httpcore.default_ssl_context(),
                    proxy=proxy,
                    max_connections=self._most,
                    max_keepalive_connections=self._most,
                    keepalive_expiry=KEPT_ALIVE_S,
                    network_backend=TimedBackend(httpcore.SyncBackend(), self._deadline),
                )
            return pool

    @staticmethod
    def _proxy(scheme: str, hostname: str) -> httpcore.Proxy | None:
        known = urllib.request.getproxies()
        address = known.get(scheme) or known.get("all")
        if not address or urllib.request.proxy_bypass(hostname):
            return None
        parts = urlsplit(address)
        auth = (parts.username, parts.password or "") if parts.username else None
        return httpcore.Proxy(f"{parts.scheme}://{parts.hostname}:{parts.port or 80}", auth=auth)


def _read(answer: httpcore.Response, headers: dict[str, str], path: str, most_bytes: int) -> bytes:
    """The unpacked body, read to its end.

    Raises:
        httpcore.ProtocolError: it ended too early, or in a packing we did not ask for.
        ShapeChanged: it is larger than any answer should be.
    """
    packing = headers.get("content-encoding", "identity").lower()
    if packing not in {"identity", "", *_PACKINGS}:
        raise httpcore.ProtocolError(f"packed as {packing[:20]}")
    unpack = zlib.decompressobj(wbits=47) if packing in _PACKINGS else None
    body = bytearray()
    try:
        for chunk in answer.iter_stream():
            body += unpack.decompress(chunk, most_bytes) if unpack else chunk
            if len(body) > most_bytes or (unpack and unpack.unconsumed_tail):
                raise ShapeChanged(f"{path} answered with more than {most_bytes:,} bytes.")
    except zlib.error as error:
        raise httpcore.ProtocolError("its packing is damaged") from error
    if unpack and body and not unpack.eof:
        raise httpcore.ProtocolError("its packing ends too early")
    return bytes(body)


def _in_words(error: BaseException) -> str:
    return str(error)[:120] or type(error).__name__
