"""What the sentences of alerts are made of; every text from outside is made harmless first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from smartmoney import formats
from smartmoney.alerts.inputs import Firing
from smartmoney.formats import utc_minute
from smartmoney.text import INERT, sanitize
from smartmoney.units import MICRO_DIGITS

Names = Mapping[tuple[str, int], tuple[str, str]]
"""Key and free text of a trader, market or outcome, by what it is and its id."""
LONGEST_NAME = 40
LONGEST_QUESTION = 140

__all__ = [
    "Names",
    "cents",
    "market",
    "outcome",
    "outcome_name",
    "usd",
    "utc_minute",
    "utc_text",
    "wallet",
]


def usd(micro: int) -> str:
    """USD, whole from 100 up."""
    return formats.long_usd(Decimal(micro).scaleb(-MICRO_DIGITS))


def cents(price: Decimal | None) -> str:
    """A price in cents, one decimal."""
    return "an unknown price" if price is None else formats.cents(price)


def wallet(trader_id: int | None, names: Names) -> str:
    """Name and short address of a wallet."""
    address, name = names.get(("trader", trader_id or 0), ("", ""))
    short = formats.short_address(address) if address else f"wallet {trader_id}"
    shown = sanitize(name, 32, INERT)
    return f"“{shown}” ({short})" if shown else short


def market(firing: Firing, names: Names) -> str:
    """The question in quotes."""
    key, question = names.get(("market", firing.market_id or 0), ("", ""))
    return f"“{sanitize(question, LONGEST_QUESTION, INERT) or key[:10] or firing.market_id}”"


def outcome(firing: Firing, names: Names) -> str:
    """The outcome's name."""
    return outcome_name(names.get(("outcome", firing.outcome_id or 0), ("", ""))[1])


def outcome_name(text: str) -> str:
    """An outcome's name, harmless."""
    return sanitize(text, LONGEST_NAME, INERT) or "an outcome"


def utc_text(moment: str) -> str:
    """A moment stored as ISO text, to the minute."""
    return utc_minute(datetime.fromisoformat(moment))
