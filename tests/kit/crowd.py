"""A crowd of made-up traders in numpy: one-sided bets at fair prices, a few of them better than the price."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from smartmoney.ledger import Activity, Kind, Markets

M = 1_000_000
DAY = 86_400
START = 19_000 * DAY


def crowd(
    seed: int,
    traders: int = 300,
    bets: int = 60,
    days: int = 360,
    skilled_share: float = 0.0,
    edge: float = 0.8,
    categories: tuple[str, ...] = ("politics",),
) -> tuple[Activity, Markets, pd.DataFrame]:
    """Every bet has a market of its own, resolved within 20 days at the price's own odds, or better for the skilled.

    Returns:
        Activity, markets, and wallets with columns trader, address, skill (true edge in log-odds).
    """
    rng = np.random.default_rng(seed)
    skill = np.zeros(traders)
    skill[: round(traders * skilled_share)] = edge
    trader = np.repeat(np.arange(traders), bets)
    n = len(trader)
    price = np.round(rng.uniform(0.1, 0.9, n), 2)
    won = rng.random(n) < expit(logit(price) + skill[trader])
    ts = START + rng.integers(0, (days - 25) * DAY, n)
    payout = np.column_stack([won, ~won]).ravel() * M
    shares = rng.integers(10, 200, n) * M
    markets = Markets.of(
        event=np.arange(n),
        payout_micro=payout,
        resolved_at=ts + rng.integers(DAY, 20 * DAY, n),
        category=np.arange(n) % len(categories),
        categories=categories,
    )
    events = Activity.of(
        trader=trader,
        ts=ts,
        kind=Kind.BUY,
        market=np.arange(n),
        outcome=2 * np.arange(n),
        size_micro=shares,
        cash_micro=(shares * price).astype(np.int64),
        maker=0,
    )
    address = [f"0x{t:040x}" for t in range(traders)]
    return (
        events,
        markets,
        pd.DataFrame({"trader": np.arange(traders), "address": address, "skill": skill}),
    )
