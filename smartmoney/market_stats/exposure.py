"""Who is exposed how much to which market, and who of them is smart.

A wallet's exposure x in a market is what its net shares are worth: YES minus NO shares, valued at the price of the side
that is left, positive for YES. The smart set of a market are the unflagged wallets of the smart tiers with at least
`LEAST_EXPOSURE_USD`; a wallet's weight w is its skill_prob.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEAST_EXPOSURE_USD = 100.0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Inputs:
    """What was known at one moment.

    Attributes:
        holdings: columns trader_id, market_id, outcome_index (0 is YES), shares, avg_price (nullable); one row per
            wallet and outcome held.
        traders: columns trader_id, address, name, tier, rarity_score, skill_prob, flags (list); one row per wallet.
        markets: columns market_id, event_id, neg_risk, price (of outcome 0), liquidity, volume, open_interest
            (USD, nullable); one row per market.
    """

    holdings: pd.DataFrame
    traders: pd.DataFrame
    markets: pd.DataFrame


def exposures(inputs: Inputs) -> pd.DataFrame:
    """Net exposure per wallet and market.

    Returns:
        Columns market_id, trader_id, yes_shares, no_shares, x (USD, + is YES), avg_price and side of what is left; rows
        without a price or without net shares are left out. RangeIndex.
    """
    held = inputs.holdings
    yes = held["outcome_index"].to_numpy() == 0
    shares = held["shares"].to_numpy(np.float64)
    frame = pd.DataFrame(
        {
            "market_id": held["market_id"].to_numpy(),
            "trader_id": held["trader_id"].to_numpy(),
            "yes_shares": np.where(yes, shares, 0.0),
            "no_shares": np.where(yes, 0.0, shares),
            "yes_cost": np.where(yes, shares * floats(held["avg_price"]), 0.0),
            "no_cost": np.where(yes, 0.0, shares * floats(held["avg_price"])),
        }
    )
    net = frame.groupby(["market_id", "trader_id"], sort=True).sum().reset_index()
    price = (
        net["market_id"].map(inputs.markets.set_index("market_id")["price"]).to_numpy(np.float64)
    )
    left = (net["yes_shares"] - net["no_shares"]).to_numpy()
    net["x"] = np.where(left > 0, left * price, left * (1 - price))
    net["side"] = np.where(left > 0, "YES", "NO")
    with np.errstate(invalid="ignore", divide="ignore"):
        net["avg_price"] = np.where(
            left > 0, net["yes_cost"] / net["yes_shares"], net["no_cost"] / net["no_shares"]
        )
    keep = np.isfinite(net["x"]) & (left != 0)
    return net.loc[keep].drop(columns=["yes_cost", "no_cost"]).reset_index(drop=True)


def smart_set(
    exposure: pd.DataFrame, traders: pd.DataFrame, smart_tiers: Sequence[str]
) -> pd.DataFrame:
    """The rows of `exposure` that belong to the smart set, with address, name, tier, rarity_score and w."""
    columns = ["trader_id", "address", "name", "tier", "rarity_score", "skill_prob"]
    known = traders[columns].assign(flagged=traders["flags"].map(len) > 0)
    return members(exposure.merge(known, on="trader_id"), smart_tiers)


def members(known: pd.DataFrame, smart_tiers: Sequence[str]) -> pd.DataFrame:
    """The rows of the smart set, with w and `pull` = w·ln(1 + |x|/100), by market and wallet.

    Args:
        known: exposures with the wallet's tier, skill_prob and flagged as known at the time.
        smart_tiers: tiers that count as smart.
    """
    smart = (
        known["tier"].isin(list(smart_tiers))
        & known["skill_prob"].notna()
        & ~known["flagged"].astype(bool)
    )
    kept = known[smart & (known["x"].abs() >= LEAST_EXPOSURE_USD)].drop(columns="flagged")
    kept = kept.assign(w=kept["skill_prob"].astype(np.float64))
    kept["pull"] = kept["w"] * np.log1p(kept["x"].abs() / 100.0)
    return kept.sort_values(["market_id", "trader_id"], kind="stable").reset_index(drop=True)


def floats(values: pd.Series) -> Floats:
    """The column as float64; what is no number is NaN."""
    numbers: Floats = pd.to_numeric(values, errors="coerce").to_numpy(np.float64)
    return numbers
