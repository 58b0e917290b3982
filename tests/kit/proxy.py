"""A TCP proxy on a free port of this machine that can cut, delay, reset, damage and fall silent."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

RESET = struct.pack("ii", 1, 0)
Address = tuple[str, int] | str
Watch = Callable[[bytes], bool]


@dataclass
class Fate:
    """What happens to one connection.

    Attributes:
        after: bytes from the server (or, with `upstream`, to it) that still pass before it happens.
        seen: it happens with the first chunk for which this is true; replaces `after`.
        how: reset, close, or silence (the connection stays open and nothing comes any more).
        delay: seconds every chunk is held back.
        upstream: watch what goes to the server.
    """

    after: int | None = None
    how: str = "reset"
    delay: float = 0.0
    upstream: bool = False
    seen: Watch | None = None


@dataclass
class Proxy:
    """Passes connections on, and gives each the next of `fates`; without one it does no harm.

    Attributes:
        port: where it listens.
        fates: what is still to come; None lets a connection live.
        struck: how many connections met their fate.
    """

    port: int
    target: Address
    fates: list[Fate | None] = field(default_factory=list)
    struck: int = 0
    open: set[socket.socket] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Its address for HTTP."""
        return f"http://127.0.0.1:{self.port}"

    def cut_all(self) -> None:
        """Reset every connection there is."""
        with self.lock:
            for end in list(self.open):
                _end(end, "reset")
            self.open.clear()

    def serve(self, near: socket.socket) -> None:
        """One connection, both ways."""
        far = socket.socket(socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET)
        try:
            far.connect(self.target)
        except OSError:
            _end(near, "close")
            return
        with self.lock:
            self.open |= {near, far}
            fate = self.fates.pop(0) if self.fates else None
        up = fate if fate and fate.upstream else None
        down = fate if fate and not fate.upstream else None
        threading.Thread(target=self._pass, args=(near, far, up), daemon=True).start()
        self._pass(far, near, down)

    def _pass(self, source: socket.socket, sink: socket.socket, fate: Fate | None) -> None:
        left = fate.after if fate else None
        try:
            while data := source.recv(65_536):
                if fate:
                    time.sleep(fate.delay)
                    if fate.seen and fate.seen(data):
                        left = len(data) // 2
                if left is not None and len(data) > left:
                    sink.sendall(data[:left])
                    self._strike(source, sink, fate.how if fate else "reset")
                    return
                left = None if left is None else left - len(data)
                sink.sendall(data)
        except OSError:
            pass
        if fate is None or fate.how != "silence" or left is None:
            _end(source, "close")
            _end(sink, "close")

    def _strike(self, source: socket.socket, sink: socket.socket, how: str) -> None:
        self.struck += 1
        if how != "silence":
            _end(source, how)
            _end(sink, how)


def _end(end: socket.socket, how: str) -> None:
    """Close a connection; whoever waits on it in another thread is woken first, or it would stay open."""
    try:
        if how == "reset":
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RD if how == "reset" else socket.SHUT_RDWR)
    except OSError:
        pass
    finally:
        end.close()


@contextmanager
def proxy(target: Address, *fates: Fate | None) -> Iterator[Proxy]:
    """A proxy before a host and port, or a Unix socket."""
    listener = socket.create_server(("127.0.0.1", 0))
    made = Proxy(listener.getsockname()[1], target, list(fates))

    def accept() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=made.serve, args=(near,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield made
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        made.cut_all()
