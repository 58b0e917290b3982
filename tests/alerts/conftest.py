"""A small world of wallets, markets and fills, and receivers that listen for real."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from smartmoney.store.db import Store
from tests.kit.rows import Received, Rows


@pytest.fixture
def world(store: Store) -> Rows:
    return Rows(store)


@pytest.fixture
def webhook() -> Iterator[Received]:
    """An HTTP server that keeps what it is sent; `answers` are its next statuses, 200 after that."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.messages.append(json.loads(body))
            received.headers.append(dict(self.headers))
            received.arrived.set()
            if received.hold:
                received.hold.wait(30)
            self.send_response(received.answers.pop(0) if received.answers else 200)
            if received.location:
                self.send_header("Location", received.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield received
    server.shutdown()
    server.server_close()


@pytest.fixture
def mailbox() -> Iterator[Received]:
    """An SMTP server that accepts mail; `messages` holds sender, receiver and the raw text of each."""
    received = Received()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            mail: dict[str, Any] = {}
            self.say("220 test ready")
            while line := self.rfile.readline().decode().strip():
                word = line.upper()
                if word.startswith("DATA"):
                    self.say("354 go on")
                    mail["raw"] = "".join(iter(lambda: self.rfile.readline().decode(), ".\r\n"))
                    received.messages.append(dict(mail))
                    self.say("250 accepted")
                elif word.startswith("QUIT"):
                    self.say("221 bye")
                    return
                else:
                    mail |= (
                        {"from": line}
                        if word.startswith("MAIL")
                        else {"to": line}
                        if word.startswith("RCPT")
                        else {}
                    )
                    self.say("250 test")

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield received
    server.shutdown()
    server.server_close()
