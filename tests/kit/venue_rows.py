"""Rows of a market of the test's own, in the shapes of the venue."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

START = 1_770_000_000
UNJOINED = {
    "condition_id": "",
    "title": "0",
    "slug": "0",
    "event_slug": "0",
    "outcome": "",
    "outcome_index": 999,
}
"""What a new fill says of its market at moments when the venue does not know it."""


@dataclass
class Market:
    """A market with two outcomes.

    Attributes:
        number: makes its ids; no two of a test have the same.
        event: gamma's event of it.
        more: other keys of gamma's row.
    """

    number: int
    event: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def condition(self) -> str:
        return str(self.more.get("conditionId", f"0x{self.number:063x}1"))

    @property
    def tokens(self) -> tuple[str, str]:
        return f"{self.number}0001", f"{self.number}0002"

    def row(self, **changes: Any) -> dict[str, Any]:
        """As gamma lists it."""
        return {
            "id": str(self.number),
            "question": f"Question {self.number}?",
            "conditionId": self.condition,
            "slug": f"m-{self.number}",
            "outcomes": '["Yes", "No"]',
            "outcomePrices": '["0.5", "0.5"]',
            "clobTokenIds": json.dumps(list(self.tokens)),
            "active": True,
            "closed": False,
            "negRisk": False,
            "events": [self.event or {"id": f"{self.number}0", "slug": "e", "title": "E"}],
            "tags": [],
            **self.more,
            **changes,
        }

    def trade(
        self, user: str, side: str = "BUY", place: int = 0, size: float = 10, **changes: Any
    ) -> dict[str, Any]:
        """A fill at 0.5, as `/v2/activity` writes it."""
        return {
            "proxy_wallet": user,
            "timestamp": START + self.number,
            "condition_id": self.condition,
            "type": "TRADE",
            "size": size,
            "usdc_size": size / 2,
            "transaction_hash": f"0x{self.number:063x}{place}",
            "price": 0.5,
            "token_id": self.tokens[place],
            "side": side,
            "outcome_index": place,
            "title": f"Question {self.number}?",
            "slug": f"m-{self.number}",
            "event_slug": "e",
            "outcome": ("Yes", "No")[place],
            **changes,
        }

    def resolved(self, **changes: Any) -> dict[str, Any]:
        """Its resolution, of which `changes` say what the venue tells."""
        return {
            "condition_id": self.condition,
            "question_id": "",
            "status": "resolved",
            "log_index": "",
            "last_update_timestamp": "",
            **changes,
        }

    def position(self, user: str, place: int = 0, **changes: Any) -> dict[str, Any]:
        """An open position, as `/v2/positions` writes it."""
        return {
            "proxy_wallet": user,
            "token_id": self.tokens[place],
            "condition_id": self.condition,
            "current_size": 10,
            "avg_price": 0.5,
            "current_price": 0.5,
            "current_value": 5,
            "total_size": 10,
            "realized_pnl": 0,
            "unrealized_pnl": 0,
            "status": "OPEN",
            "title": f"Question {self.number}?",
            "slug": f"m-{self.number}",
            "event_slug": "e",
            "outcome": ("Yes", "No")[place],
            "outcome_index": place,
            "last_event_at": START,
            **changes,
        }


def conversion(user: str, group: str, size: float, **changes: Any) -> dict[str, Any]:
    """A conversion as the venue writes it: one row that names the group and no leg."""
    return {
        "proxy_wallet": user,
        "timestamp": START + 500,
        "condition_id": group,
        "type": "CONVERSION",
        "size": size,
        "usdc_size": size,
        "transaction_hash": "0x" + "c0" * 32,
        "price": 0,
        "token_id": "",
        "side": "",
        "outcome_index": 999,
        "outcome": "",
        "title": "Event",
        "slug": "event",
        "event_slug": "event",
        **changes,
    }
