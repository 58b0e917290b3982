"""smartmoney: who is smart on Polymarket, what they hold, and how sure that is.

    from smartmoney import traders, trades, positions, markets, smart_markets, scores, results

gives the data as pandas frames, one call each (docs/columns.md); they are loaded when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smartmoney.frames import (
        markets,
        positions,
        results,
        scores,
        smart_markets,
        traders,
        trades,
    )

__all__ = ["markets", "positions", "results", "scores", "smart_markets", "traders", "trades"]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from smartmoney import frames

    return getattr(frames, name)
