"""Small sets of invented wallets in the layout of the real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

BEGAN = 1_775_000_000
DAY = 86_400


def condition(number: int) -> str:
    return f"0x{number + 1:064x}"


def write_real_sets(folder: Path, *, wallets: int, events: int, skill: float, seed: int) -> None:
    """Bets of wallets of which every other one knows more than the price by `skill`, and beside them folders that cannot answer.

    Args:
        folder: where to write; made.
        wallets: how many; each bets in half of the events.
        events: how many, one market each, over 80 days.
        skill: how far the chance of a hit lies above the price paid.
        seed: of the generator.
    """
    rng = np.random.default_rng(seed)
    first_pays = rng.random(events) < 0.5
    rows = []
    for wallet in range(wallets):
        edge = skill if wallet % 2 else 0.0
        for event in np.flatnonzero(rng.random(events) < 0.5):
            right = rng.random() < 0.5 + edge
            rows.append(
                {
                    "wallet": f"0x{wallet + 1:040x}",
                    "conditionId": condition(int(event)),
                    "outcomeIndex": int(right != first_pays[event]),
                    "eventSlug": f"event-{event}",
                    "endDate": str(
                        pd.Timestamp(BEGAN + event * 80 * DAY // events, unit="s").date()
                    ),
                    "first_commit_unix": BEGAN + int(event) * 80 * DAY // events,
                    "first_size": 100.0,
                    "first_avgPrice": 0.5,
                    "payout": float(right),
                }
            )
    markets = pd.DataFrame(
        {
            "conditionId": [condition(n) for n in range(events)],
            "asset0": [str(10**30 + 2 * n) for n in range(events)],
            "asset1": [str(10**30 + 2 * n + 1) for n in range(events)],
            "outcome0": "Yes",
            "outcome1": "No",
            "title": [f"Question {n}?" for n in range(events)],
            "slug": [f"market-{n}" for n in range(events)],
            "endDate": [
                str(pd.Timestamp(BEGAN + n * 80 * DAY // events, unit="s").date())
                for n in range(events)
            ],
        }
    )
    payouts = pd.DataFrame(
        {"conditionId": markets["conditionId"], "payout0": first_pays.astype(float), "sources": "x"}
    )
    for name, file, frame in (
        ("somebody", "bets_open_at_first_sight", pd.DataFrame(rows)),
        ("somebody", "markets", markets),
        ("resolutions", "resolutions", payouts),
        ("price_series", "prices", payouts),
        ("never_heard_of", "things", payouts),
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
        frame.to_parquet(folder / name / f"{file}.parquet", index=False)
