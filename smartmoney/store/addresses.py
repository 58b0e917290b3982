"""How wallets, conditions and markets are named from outside; everything else is refused."""

from __future__ import annotations

from smartmoney.errors import ParameterError
from smartmoney.ids import is_condition
from smartmoney.ids import wallet_address as wallet_address


def market_key(text: str) -> dict[str, int | str | None]:
    """Parameters that find a market by our id or by its condition id.

    Raises:
        ParameterError: it is neither.
    """
    key = text.strip().lower()
    if is_condition(key):
        return {"market_id": None, "condition_id": key}
    if key.isascii() and key.isdigit() and int(key) < 2**31:
        return {"market_id": int(key), "condition_id": None}
    raise ParameterError(
        f"{text.strip()[:80]!r} is no market; give our number or a condition id (0x and 64 digits)."
    )
