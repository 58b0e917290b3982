"""A token bucket per client: so many requests a second, and a burst of twice that after a rest."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

MOST_CLIENTS = 10_000
BURST = 2  # seconds' worth of requests


@lru_cache(maxsize=MOST_CLIENTS)
def client_of(host: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 network of an IPv6 one."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if address.version == 4:
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(address) >> 64 << 64, 64)))


class Buckets:
    """Token buckets by client; the least recently seen client is forgotten first.

    Attributes:
        rate: requests per second and client; 0 for no limit.
    """

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def wait(self, host: str) -> float:
        """Take one token; 0, or the seconds until there is one."""
        if not self.rate:
            return 0.0
        client, now = client_of(host), self._clock()
        full_at = max(self._full_at.get(client, now), now)
        wait = full_at + 1 / self.rate - now - BURST
        if wait > 1e-9:
            return wait
        self._full_at[client] = full_at + 1 / self.rate
        self._full_at.move_to_end(client)
        if len(self._full_at) > MOST_CLIENTS:
            self._full_at.popitem(last=False)
        return 0.0
