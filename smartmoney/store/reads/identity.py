"""How wallets, conditions and markets are named from outside; everything else is refused."""

from __future__ import annotations

import re

from smartmoney.errors import ParameterError

ADDRESS = re.compile(r"0x[0-9a-f]{40}")
CONDITION = re.compile(r"0x[0-9a-f]{62,64}")


def wallet_address(text: str) -> str:
    """The address in lower case.

    Raises:
        ParameterError: it is no wallet address.
    """
    address = text.strip().lower()
    if not ADDRESS.fullmatch(address):
        raise ParameterError(
            f"{text.strip()[:60]!r} is no wallet address; one is 0x and 40 hexadecimal digits."
        )
    return address


def market_key(text: str) -> dict[str, int | str | None]:
    """Parameters that find a market by our id or by its condition id.

    Raises:
        ParameterError: it is neither.
    """
    key = text.strip().lower()
    if CONDITION.fullmatch(key):
        return {"market_id": None, "condition_id": key}
    if key.isascii() and key.isdigit() and int(key) < 2**31:
        return {"market_id": int(key), "condition_id": None}
    raise ParameterError(
        f"{text.strip()[:80]!r} is no market; give our number or a condition id (0x and 64 digits)."
    )
