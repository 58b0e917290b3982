"""Is there a route to the API? Asked before anything is started or touched."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from smartmoney.errors import ApiUnavailable
from smartmoney.settings import Settings

SECONDS = 5


def require_route(settings: Settings) -> None:
    """Raise ApiUnavailable, with the remedy, unless every API host accepts connections; with a proxy only it can tell."""
    if settings.polymarket_use_proxy:
        return
    for url in dict.fromkeys(settings.api_urls.values()):
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection((parts.hostname or "", port), SECONDS).close()
        except OSError as error:
            raise ApiUnavailable(
                f"There is no route to Polymarket's API at {parts.hostname} ({_reason(error)}): check the network, set "
                "POLYMARKET_USE_PROXY=true behind a proxy, or see the simulated market with `make demo`."
            ) from None


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "its name is not known here"
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS} s"
    return (error.strerror or str(error)).lower()
