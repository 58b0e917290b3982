"""What was known on a day, and what the bets made afterwards came to: the question without look-ahead."""

from __future__ import annotations

import pandas as pd

from smartmoney.research.sampling import mean

TIERS = ("S", "A", "B", "C", "D", "E")


def tiers_at(history: pd.DataFrame, moment: pd.Timestamp) -> pd.Series:
    """Tier of each wallet as it was known at a moment: Series indexed by address.

    Args:
        history: frame of `scores`.
        moment: aware time.
    """
    known = history[history["as_of"] <= moment].sort_values("as_of", kind="stable")
    return known.groupby("address")["tier"].last()


def cut_between(history: pd.DataFrame, share: float = 0.5) -> pd.Timestamp:
    """The last score of a day that divides the days with scores; now, while there are none.

    With `share` 0.5 as many days with scores come before it as after.
    """
    if history.empty:
        return pd.Timestamp.now("UTC").floor("s")
    days = history["as_of"].dt.floor("D")
    known = sorted(days.unique())
    return history.loc[days == known[int((len(known) - 1) * share)], "as_of"].max()


def tier_counts(history: pd.DataFrame, first: pd.Timestamp, second: pd.Timestamp) -> pd.DataFrame:
    """Wallets by tier at one moment (rows) and at a later one (columns); every tier is there."""
    both = pd.DataFrame(
        {"first": tiers_at(history, first), "second": tiers_at(history, second)}
    ).dropna()
    counts = pd.crosstab(both["first"], both["second"])
    return counts.reindex(index=list(TIERS), columns=list(TIERS), fill_value=0)


def bets_at_cutoff(results: pd.DataFrame, moment: pd.Timestamp) -> pd.DataFrame:
    """Decided bets of events first entered after the moment: none of them was known to a score of that day."""
    return results[(results["first_entry_at"] > moment) & results["surprise"].notna()]


def surprise_by(bets: pd.DataFrame, tiers: pd.Series) -> pd.DataFrame:
    """Mean unit surprise of the bets by their wallet's tier: columns value, low, high, n, events, wallets; index tier.

    0 is what luck gives whatever the prices paid; bounds from resampling events.
    """
    group = bets["address"].map(tiers)
    rows = {}
    for tier in TIERS:
        part = bets[(group == tier).fillna(False)]
        found = mean(part["surprise"], part["event_id"])
        if found:
            rows[tier] = (
                found.value,
                found.low,
                found.high,
                found.n,
                found.clusters,
                part["address"].nunique(),
            )
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["value", "low", "high", "n", "events", "wallets"]
    )
