"""Does Prefect answer? Its address comes from the settings, or from what `smartmoney up` noted."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from smartmoney.settings import Settings

SECONDS = 1.0
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def prefect_address(settings: Settings) -> str | None:
    """Prefect's API, without a trailing slash, or None where it is not known."""
    if settings.prefect_api_url:
        return settings.prefect_api_url.rstrip("/")
    try:
        state = json.loads(
            (settings.smartmoney_home / "run" / "state.json").read_text(encoding="utf-8")
        )
        address = str(state["addresses"]["prefect"]).rstrip("/")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return address if address.endswith("/api") else f"{address}/api"


def answers(address: str) -> bool:
    """Does its health route answer, whatever it says?"""
    if urlsplit(address).scheme not in ("http", "https"):
        return False
    try:
        with _direct.open(f"{address}/health", timeout=SECONDS):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
