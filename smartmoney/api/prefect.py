"""Does Prefect answer? Its address comes from the settings, or from what `smartmoney up` noted."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from smartmoney.settings import Settings

SECONDS = 1.0
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def prefect_address(settings: Settings) -> str | None:
    """Prefect's API, without a trailing slash, or None where it is not known."""
    if settings.prefect_api_url:
        return settings.prefect_api_url.rstrip("/")
    try:
        state = json.loads((settings.smartmoney_home / "run" / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    found = next(
        (text for text in _near("prefect", state) if urlsplit(text).scheme in ("http", "https")), None
    )
    if found is None:
        return None
    return found.rstrip("/") if found.rstrip("/").endswith("/api") else found.rstrip("/") + "/api"


def _near(word: str, value: Any, named: bool = False) -> Iterator[str]:
    """Texts in a tree of JSON at or below a key with that word in it, or in an object that is so named."""
    if isinstance(value, dict):
        named = named or any(isinstance(part, str) and part == word for part in value.values())
        for key, inner in value.items():
            yield from _near(word, inner, named or word in str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _near(word, inner, named)
    elif isinstance(value, str) and named:
        yield value


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
