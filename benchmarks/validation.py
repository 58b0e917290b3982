"""Does the score find skill where the truth is known? Simulated worlds, one line a seed, next to every baseline.

    python -m benchmarks.validation skilled 11 12 13 14 15     # 3 % of the wallets are skilled
    python -m benchmarks.validation none 21 22 23              # nobody is

Each line: rank IC of every factor against the edge of the next period, averaged over month ends; how many of the top
hundredth and of tiers S and A are truly skilled; the verdict.
"""

from __future__ import annotations

import sys
import time
from typing import NamedTuple

import numpy as np
import pandas as pd

from polymarket_sim.generate import generate
from smartmoney.scoring.panel import month_ends, walk_forward
from smartmoney.scoring.score import score_traders
from smartmoney.scoring.validation import Validation, validate
from smartmoney.units import DAY_SECONDS
from tests.kit.simulated import events_of, markets_of, wallets_of

NOW = 1_790_000_000


class Size(NamedTuple):
    """A world's size."""

    traders: int
    markets: int
    trades: int
    days: int


SKILLED, NONE = Size(4_000, 3_000, 500_000, 365), Size(1_000, 400, 80_000, 300)


def judged(seed: int, skilled_share: float, size: Size) -> tuple[Validation, pd.DataFrame]:
    """(validation over month ends, final scores with the truth about each wallet)."""
    world = generate(
        seed, size.traders, size.markets, size.trades, size.days, skilled_share, now=NOW
    )
    events, known, wallets = events_of(world), markets_of(world), wallets_of(world)
    first, last = int(events.ts.min()), int(events.ts.max())
    cutoffs = month_ends(first + 90 * DAY_SECONDS, last - 45 * DAY_SECONDS)
    found = validate(
        walk_forward(events, known, wallets, cutoffs), permutations=100, bootstraps=100
    )
    frame = score_traders(events, known, wallets).merge(
        wallets[["trader", "kind", "skill"]], on="trader"
    )
    return found, frame


def line(seed: int, found: Validation, frame: pd.DataFrame) -> dict[str, object]:
    """One row of the table."""
    top = frame.nlargest(len(frame) // 100, "rarity_score")
    best = frame[frame["tier"].isin(["S", "A"])]
    ic = {
        name: round(float(value), 3)
        for name, value in found.summary["IC Mean"].items()
        if value is not pd.NA
    }
    t = found.summary.loc["rarity_score", "t-stat(IC)"]
    return {
        "seed": seed,
        **ic,
        "t": None if t is pd.NA else round(float(t), 1),
        "skilled in top 1 %": round(float((top["skill"] > 0).mean()), 2),
        "S": int((frame["tier"] == "S").sum()),
        "S+A": len(best),
        "skilled in S+A": int((best["skill"] > 0).sum()),
        "flagged ONE_EVENT": round(
            float(np.mean(["ONE_EVENT" in flags for flags in frame["flags"]])), 2
        ),
        "validated": found.validated,
    }


def main() -> None:
    """One line per seed as it comes, then the table's means."""
    share, size = (0.03, SKILLED) if sys.argv[1] == "skilled" else (0.0, NONE)
    rows = []
    for seed in map(int, sys.argv[2:]):
        begin = time.process_time()
        found, frame = judged(seed, share, size)
        rows.append(line(seed, found, frame))
        print(rows[-1], f"{time.process_time() - begin:.0f} s", found.verdict, flush=True)
    table = pd.DataFrame(rows).set_index("seed")
    print(table.to_string())
    print(table.mean(numeric_only=True).round(3).to_string())


if __name__ == "__main__":
    main()
