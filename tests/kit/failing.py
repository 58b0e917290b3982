"""A client whose power goes out at a request of the test's choice."""

from __future__ import annotations

import threading
from typing import Any

from smartmoney.polymarket.call import Response
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from tests.kit.clock import FrozenClock


class Fail(Exception):
    """The power went out."""


class Failing(Client):
    """Fails at the n-th request of a route, before it is sent or after the answer came; pages are short."""

    def __init__(self, settings: Settings, route: str, nth: int, after: bool) -> None:
        super().__init__(settings, clock=FrozenClock(), page_rows=11)
        self.route, self.left, self.after = route, nth, after
        self.counting = threading.Lock()

    def get(self, host: str, route: str, *args: Any, **named: Any) -> Response:
        if route != self.route:
            return super().get(host, route, *args, **named)
        with self.counting:
            self.left -= 1
            now = self.left == 0
        if now and not self.after:
            raise Fail
        answer = super().get(host, route, *args, **named)
        if now:
            raise Fail
        return answer
