"""A fill as the data API writes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

USER = "0x" + "ab" * 20


TX = "0x" + "cd" * 32


CONDITION = "0x" + "12" * 32


FILL: dict[str, Any] = {
    "proxy_wallet": USER,
    "timestamp": 1_788_886_609,
    "condition_id": CONDITION,
    "type": "TRADE",
    "size": Decimal("14.285715"),
    "usdc_size": Decimal("13.285715"),
    "transaction_hash": TX,
    "price": Decimal("0.9300000035"),
    "token_id": "7" * 77,
    "side": "BUY",
    "outcome_index": 0,
    "title": "T",
    "slug": "s",
    "icon": "",
    "event_slug": "e",
    "outcome": "Yes",
}
