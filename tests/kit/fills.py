"""A fill, seven near-misses of it, and how they are saved."""

from __future__ import annotations

from dataclasses import replace

from smartmoney.polymarket.types import FillRecord, MarketStub
from smartmoney.store.db import Store
from smartmoney.store.wallets.fills import Saved, save_fills
from smartmoney.store.wallets.identity import Occurrences

TOKEN = "1" * 77


MARKET = MarketStub("0x" + "a" * 64, TOKEN, 0, "Yes", "Will it?", "will-it", "it")


FILL = FillRecord(
    "0x" + "1" * 40,
    1_700_000_000,
    "0x" + "f" * 64,
    "BUY",
    5_000_000,
    400_000_000_000,
    2_000_000,
    MARKET,
)


NEAR = [
    replace(FILL, ts=FILL.ts + 1),
    replace(FILL, tx_hash="0x" + "e" * 64),
    replace(FILL, side="SELL"),
    replace(FILL, size_micro=5_000_001),
    replace(FILL, price_pico=400_000_000_001),
    replace(FILL, address="0x" + "2" * 40),
    replace(FILL, market=replace(MARKET, token_id="2" * 77, outcome_index=1)),
]


def save(store: Store, fills: list[FillRecord]) -> Saved:
    with store.raw() as connection:
        return save_fills(connection, fills, Occurrences())
