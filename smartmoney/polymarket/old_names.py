"""Rows of the API's first version under the names of the second: dumps that people keep have either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

V1_NAMES: Mapping[str, str] = {
    "proxyWallet": "proxy_wallet",
    "asset": "token_id",
    "conditionId": "condition_id",
    "isCombo": "is_combo",
    "usdcSize": "usdc_size",
    "transactionHash": "transaction_hash",
    "outcomeIndex": "outcome_index",
    "eventSlug": "event_slug",
    "userName": "user_name",
    "xUsername": "x_username",
    "verifiedBadge": "verified",
    "vol": "volume",
    "curPrice": "current_price",
    "currPrice": "current_price",
    "avgPrice": "avg_price",
    "totalBought": "total_size",
    "currentValue": "current_value",
    "realizedPnl": "realized_pnl",
    "cashPnl": "unrealized_pnl",
    "oppositeAsset": "opposite_token_id",
    "oppositeOutcome": "opposite_outcome",
}
"""Names of the first version of the data API and what the second calls the same."""


def renamed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the first version under today's names; one of today's is left as it is."""
    return {V1_NAMES.get(name, name): value for name, value in row.items()}


def open_position(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the first version's `/positions` as one of `/v2/positions`."""
    row = renamed(row)
    status = "REDEEMABLE" if row.get("redeemable") is True else "OPEN"
    return row | {"status": status, "current_size": row.get("size")}


def closed_position(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `/closed-positions`, which has no size: nothing is held any more."""
    row = renamed(row)
    return row | {"status": "CLOSED", "current_size": 0, "last_event_at": row.get("timestamp")}
