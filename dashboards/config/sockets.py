"""The websocket of a page: in the one protocol pages speak, and no faster than a person can use them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

SPOKEN = "v1.kernel.websocket.jupyter.org"
MESSAGES_A_SECOND = 1_000
"""A page that opens sends some dozens at once, and several in a restored tab more."""
PROTOCOL_ERROR, POLICY_VIOLATION = 1002, 1008


class PageSocket(ZMQChannelsWebsocketConnection):
    """Refuses a socket without the subprotocol, and ends one that floods.

    Voilà reads the head of every binary message as if it were in this protocol; in the older one it takes some number of
    the message for a count, and the whole server counts.
    """

    _began, _messages = 0.0, 0

    def connect(self) -> asyncio.Future[None]:
        """Join the kernel's channels, or close."""
        if self.subprotocol == SPOKEN:
            joined: asyncio.Future[None] = super().connect()
            return joined
        self.websocket_handler.close(PROTOCOL_ERROR, f"This server speaks {SPOKEN}.")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def handle_incoming_message(self, incoming_msg: Any) -> None:
        """Pass a message on to the kernel."""
        now = time.monotonic()
        if now - self._began >= 1:
            self._began, self._messages = now, 0
        self._messages += 1
        if self._messages > MESSAGES_A_SECOND:
            self.websocket_handler.close(POLICY_VIOLATION, "Too many messages.")
        elif self.subprotocol == SPOKEN:
            super().handle_incoming_message(incoming_msg)
