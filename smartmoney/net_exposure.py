"""When a position counts as none, for whoever says that a wallet opened, cut or closed one.

A position in a market is a net one: shares of one outcome less shares of the other. So buying the other side closes, with
or without a merge after it, and selling one side of a split opens the other.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
import numpy.typing as npt

from smartmoney.units import MICRO

DUST_PART = 100
"""What is left of a position is dust at a hundredth of it or less."""


@overload
def is_flat(left: int, largest: int, share: int = MICRO) -> bool: ...
@overload
def is_flat(
    left: npt.NDArray[Any], largest: npt.NDArray[Any], share: int = MICRO
) -> npt.NDArray[np.bool_]: ...
def is_flat(left: Any, largest: Any, share: int = MICRO) -> Any:
    """Is what is left of a position nothing: less than one share, or a hundredth of the largest it was at most?

    Args:
        left, largest: shares, 0 at least.
        share: how many units one share is.
    """
    return (left < share) | (left * DUST_PART <= largest)
