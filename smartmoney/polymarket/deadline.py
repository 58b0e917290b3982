"""A deadline over a whole request: name, connection, headers and every byte of the body.

The HTTP library's timeouts are per read, so a server that sends a byte now and then holds a request for ever.
Here every wait on the socket is cut to what is left of the thread's deadline.
"""

from __future__ import annotations

import math
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore


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
        return (
            timeout
            if timeout is not None and timeout < left
            else None
            if math.isinf(left)
            else left
        )


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
