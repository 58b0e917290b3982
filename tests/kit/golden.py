"""The eight events of scoring.md, section 6: one-sided bets held to resolution, one a day, no fees."""

from __future__ import annotations

import numpy as np

from smartmoney.ledger import Activity, Kind, Ledger, Markets, run

M = 1_000_000
DAY = 86_400
START = 20_000 * DAY
BETS = (
    (0.40, 1, 200),
    (0.62, 1, 310),
    (0.15, 0, 60),
    (0.55, 0, 110),
    (0.30, 1, 90),
    (0.80, 1, 160),
    (0.50, 0, 100),
    (0.25, 0, 50),
)


def golden_world(
    categories: tuple[str, ...] = ("",), category: int = 0
) -> tuple[Activity, Markets]:
    price, won, cost = (np.array(column) for column in zip(*BETS, strict=True))
    n = len(BETS)
    payout = np.column_stack([won, 1 - won]).ravel() * M
    markets = Markets.of(
        event=np.arange(n),
        payout_micro=payout,
        resolved_at=START + DAY * np.arange(n) + 10,
        category=category,
        categories=categories,
    )
    shares = np.round(cost / price * M).astype(np.int64)
    events = Activity.of(
        trader=1,
        ts=START + DAY * np.arange(n),
        kind=Kind.BUY,
        market=np.arange(n),
        outcome=2 * np.arange(n),
        size_micro=shares,
        cash_micro=cost * M,
    )
    return events, markets


def golden_ledger() -> tuple[Ledger, Markets]:
    events, markets = golden_world()
    return run(events, markets), markets
