"""A market as a record, and the moment it is read."""

from __future__ import annotations

from datetime import UTC, datetime

from smartmoney.polymarket.types import (
    EventRecord,
    MarketRecord,
    OutcomeRecord,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)


YES, NO = (
    OutcomeRecord("11", 0, "Yes", 400_000_000_000),
    OutcomeRecord("12", 1, "No", 600_000_000_000),
)


EVENT = EventRecord("e1", "it", "It", "politics", ("politics",))


MARKET = MarketRecord(
    "0x" + "a" * 64, "m1", "will-it", "Will it?", (YES, NO), EVENT, price_pico=400_000_000_000
)
