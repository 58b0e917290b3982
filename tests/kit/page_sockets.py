"""Messages to and from a page's session, in the protocol its websocket speaks."""

from __future__ import annotations

import json
import uuid
from typing import Any

from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

SPOKEN = "v1.kernel.websocket.jupyter.org"
CONTENT = 3  # after header, parent header and metadata


def message(kind: str, content: dict[str, Any]) -> bytes:
    """A message for the shell channel."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "session": uuid.uuid4().hex,
        "username": "",
        "version": "5.3",
    }
    parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
    return bytes(serialize_msg_to_ws_v1(parts, "shell"))


def content(received: bytes) -> dict[str, Any]:
    """What a message says."""
    _, parts = deserialize_msg_from_ws_v1(received)
    return dict(json.loads(parts[CONTENT]))
