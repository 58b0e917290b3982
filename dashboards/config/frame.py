"""What the frame around every page shows before its data: source, as-of, theme."""

from __future__ import annotations

import time
from typing import Any

from smartmoney.errors import SmartmoneyError
from smartmoney.settings import get_settings
from smartmoney.store.db import read_store
from smartmoney.store.reads import stamp

STAMP_S = 10.0
_known: tuple[float, dict[str, Any]] = (0.0, {})


def frame() -> dict[str, Any]:
    """What the frame shows, read at most every ten seconds."""
    global _known
    at, known = _known
    if time.monotonic() - at > STAMP_S or not known:
        try:
            row = stamp(read_store())
        except SmartmoneyError:
            row = {}
        as_of = row.get("scores_as_of")
        known = {
            "source": get_settings().smartmoney_source,
            "theme": "light" if row.get("theme") == "light" else "dark",
            "as_of": as_of.strftime("%Y-%m-%d %H:%M UTC") if as_of else "",
        }
        _known = (time.monotonic(), known)
    return known


def frame_of(page_config: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Voilà's hook: put what the frame shows where the template finds it."""
    return {**page_config, "smartmoney": frame()}
