"""Where the smart money stands in each market; pure, no IO (scoring.md section 4).

A wallet's exposure x in a market is what its net shares are worth: YES minus NO shares, valued at the price of the side
that is left, positive for YES. The smart set of a market are the unflagged wallets of the smart tiers with at least
`LEAST_EXPOSURE_USD`; a wallet's weight w is its skill_prob.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEAST_EXPOSURE_USD = 100.0
LEAST_WALLETS = 3
LEAST_COVERAGE = 0.5
LIQUIDITY_SCALE_USD = 10_000.0
RESAMPLES = 400
INTERVAL = (0.05, 0.95)
TOP_TRADERS = 10
LEAST_RESOLVED = 300
"""Markets that must have resolved before a lean may move a price."""

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
            "yes_cost": np.where(yes, shares * _floats(held["avg_price"]), 0.0),
            "no_cost": np.where(yes, 0.0, shares * _floats(held["avg_price"])),
        }
    )
    net = frame.groupby(["market_id", "trader_id"], sort=True).sum().reset_index()
    price = net["market_id"].map(inputs.markets.set_index("market_id")["price"]).to_numpy(np.float64)
    left = (net["yes_shares"] - net["no_shares"]).to_numpy()
    net["x"] = np.where(left > 0, left * price, left * (1 - price))
    net["side"] = np.where(left > 0, "YES", "NO")
    with np.errstate(invalid="ignore", divide="ignore"):
        net["avg_price"] = np.where(left > 0, net["yes_cost"] / net["yes_shares"], net["no_cost"] / net["no_shares"])
    keep = np.isfinite(net["x"]) & (left != 0)
    return net.loc[keep].drop(columns=["yes_cost", "no_cost"]).reset_index(drop=True)


def smart_set(exposure: pd.DataFrame, traders: pd.DataFrame, smart_tiers: Sequence[str]) -> pd.DataFrame:
    """The rows of `exposure` that belong to the smart set, with address, name, tier, rarity_score and w."""
    good = traders[
        traders["tier"].isin(list(smart_tiers)) & traders["skill_prob"].notna() & (traders["flags"].map(len) == 0)
    ]
    columns = ["trader_id", "address", "name", "tier", "rarity_score", "skill_prob"]
    merged = exposure[exposure["x"].abs() >= LEAST_EXPOSURE_USD].merge(good[columns], on="trader_id")
    merged["w"] = merged["skill_prob"].astype(np.float64)
    merged["pull"] = merged["w"] * np.log1p(merged["x"].abs() / 100.0)
    return merged.sort_values(["market_id", "trader_id"], kind="stable").reset_index(drop=True)


def smart_markets(
    inputs: Inputs, smart_tiers: Sequence[str] = ("S", "A"), lean_slope: float = 0.0, seed: int = 0
) -> pd.DataFrame:
    """Statistics of every market with smart holders.

    Args:
        inputs: what was known at the moment.
        smart_tiers: tiers that count as smart.
        lean_slope: b of `fit_lean_slope`; 0 until enough markets have resolved, and then divergence is 0.
        seed: of the bootstrap; the same inputs and seed give the same intervals.

    Returns:
        One row per market_id (ascending): smart_count; smart_weighted, smart_weighted_yes, smart_weighted_no;
        smart_share and coverage in [0, 1]; smart_lean, lean_lo, lean_hi in [-1, 1]; lean_label; smart_score;
        smart_score_classic; smart_divergence; price; liquidity; top_smart_traders (list of dicts). Missing is None.
    """
    exposure = exposures(inputs)
    smart = smart_set(exposure, inputs.traders, smart_tiers)
    markets = inputs.markets.set_index("market_id")
    if smart.empty:
        return pd.DataFrame(columns=COLUMNS)
    grouped = smart.groupby("market_id", sort=True)
    rows = pd.DataFrame({"smart_count": grouped.size()})
    rows["smart_weighted"] = grouped["pull"].sum()
    rows["smart_weighted_yes"] = smart["pull"].where(smart["x"] > 0, 0.0).groupby(smart["market_id"]).sum()
    rows["smart_weighted_no"] = smart["pull"].where(smart["x"] < 0, 0.0).groupby(smart["market_id"]).sum()
    rows = rows.join(markets[["price", "liquidity", "volume", "open_interest"]])
    rows["coverage"] = _coverage(inputs.holdings, rows)
    total = exposure["x"].abs().groupby(exposure["market_id"]).sum()
    share = smart["x"].abs().groupby(smart["market_id"]).sum() / total.reindex(rows.index)
    rows["smart_share"] = share.where(rows["coverage"] >= LEAST_COVERAGE)
    _add_lean(rows, smart, seed)
    liquidity, volume = _floats(rows["liquidity"]), _floats(rows["volume"])
    rows["smart_score"] = rows["smart_weighted"] * np.log1p(liquidity / LIQUIDITY_SCALE_USD)
    with np.errstate(divide="ignore", invalid="ignore"):
        rows["smart_score_classic"] = np.where(
            volume > 0, rows["smart_weighted"] * np.log1p(liquidity / volume), np.where(volume == 0, 0.0, np.nan)
        )
    rows["smart_divergence"] = divergence(_floats(rows["price"]), _floats(rows["smart_lean"]), lean_slope)
    rows["top_smart_traders"] = top_traders(smart).reindex(rows.index)
    rows = rows.reset_index()
    return rows[COLUMNS].astype(object).where(rows[COLUMNS].notna(), None)


COLUMNS = [
    "market_id",
    "smart_count",
    "smart_weighted",
    "smart_weighted_yes",
    "smart_weighted_no",
    "smart_share",
    "coverage",
    "smart_lean",
    "lean_lo",
    "lean_hi",
    "lean_label",
    "smart_score",
    "smart_score_classic",
    "smart_divergence",
    "price",
    "liquidity",
    "top_smart_traders",
]


def _floats(values: pd.Series) -> Floats:
    return pd.to_numeric(values, errors="coerce").to_numpy(np.float64)


def _coverage(holdings: pd.DataFrame, rows: pd.DataFrame) -> Floats:
    """Shares we know the holders of / shares there are: every dollar of open interest is one YES and one NO share."""
    known = holdings["shares"].astype(np.float64).groupby(holdings["market_id"]).sum().reindex(rows.index)
    interest = _floats(rows["open_interest"])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(interest > 0, np.minimum(known.to_numpy() / (2 * interest), 1.0), np.nan)


def _add_lean(rows: pd.DataFrame, smart: pd.DataFrame, seed: int) -> None:
    """Add smart_lean, its bootstrap interval over wallets and its label."""
    starts = np.concatenate([[0], np.cumsum(rows["smart_count"].to_numpy())])
    pull = smart["pull"].to_numpy()
    signed = pull * np.sign(smart["x"].to_numpy())
    found = np.full((len(rows), 3), np.nan)
    for place, market in enumerate(rows.index):
        start, stop = starts[place], starts[place + 1]
        if stop - start >= LEAST_WALLETS:
            found[place] = lean(signed[start:stop], pull[start:stop], np.random.default_rng([seed, int(market)]))
    rows["smart_lean"], rows["lean_lo"], rows["lean_hi"] = found.T
    rows["lean_label"] = np.select(
        [np.isnan(found[:, 0]), found[:, 1] > 0, found[:, 2] < 0], ["INSUFFICIENT", "YES", "NO"], "MIXED"
    )


def lean(signed: Floats, pull: Floats, rng: np.random.Generator) -> tuple[float, float, float]:
    """(YES - NO) / (YES + NO) with its 90 % bootstrap bounds over wallets.

    Args:
        signed: per wallet, its pull, negative for NO.
        pull: per wallet, w·ln(1 + |x|/100), positive.
    """
    drawn = rng.integers(0, len(pull), (RESAMPLES, len(pull)))
    low, high = np.quantile(signed[drawn].sum(axis=1) / pull[drawn].sum(axis=1), INTERVAL)
    return float(signed.sum() / pull.sum()), float(low), float(high)


def divergence(price: Floats, smart_lean: Floats, slope: float) -> Floats:
    """p_smart - price, where logit p_smart = logit price + slope·lean; NaN where price or lean is unknown."""
    if slope == 0:
        return np.where((price > 0) & (price < 1) & np.isfinite(smart_lean), 0.0, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = 1 / (1 + np.exp(-(np.log(price / (1 - price)) + slope * smart_lean)))
    return np.where((price > 0) & (price < 1), moved - price, np.nan)


def fit_lean_slope(price: Floats, smart_lean: Floats, won: Floats) -> float:
    """b of logit P(YES) = logit price + b·lean, by maximum likelihood; 0 below `LEAST_RESOLVED` markets.

    Args:
        price, smart_lean: what each market showed before it resolved.
        won: what outcome 0 paid, 0 to 1.
    """
    usable = (price > 0) & (price < 1) & np.isfinite(smart_lean) & np.isfinite(won)
    if usable.sum() < LEAST_RESOLVED:
        return 0.0
    offset, x, y = np.log(price[usable] / (1 - price[usable])), smart_lean[usable], won[usable]
    slope = 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(offset + slope * x)))
        curvature = float((x * x * p * (1 - p)).sum())
        if curvature <= 1e-12:
            return 0.0
        step = float((x * (y - p)).sum()) / curvature
        slope += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-9:
            break
    return slope


def top_traders(smart: pd.DataFrame) -> pd.Series:
    """Per market_id, at most ten wallets by w·|x|: what `top_smart_traders` holds."""
    ranked = smart.assign(rank=smart["w"] * smart["x"].abs())
    ranked = ranked.sort_values(["market_id", "rank", "trader_id"], ascending=[True, False, True], kind="stable")
    ranked = ranked[ranked.groupby("market_id").cumcount() < TOP_TRADERS]
    listed: dict[int, list[dict[str, Any]]] = {}
    for row in ranked.itertuples():
        shares = abs(row.yes_shares - row.no_shares)
        value = abs(row.x)
        known = np.isfinite(row.avg_price)
        listed.setdefault(row.market_id, []).append(
            {
                "address": row.address,
                "name": row.name,
                "tier": row.tier,
                "rarityScore": None if pd.isna(row.rarity_score) else int(row.rarity_score),
                "side": row.side,
                "shares": round(shares, 6),
                "avgPrice": round(row.avg_price, 6) if known else None,
                "value": round(value, 2),
                "unrealizedPnl": round(value - shares * row.avg_price, 2) if known else None,
            }
        )
    return pd.Series(listed, dtype=object)


def smart_events(inputs: Inputs, smart_tiers: Sequence[str] = ("S", "A")) -> pd.DataFrame:
    """Negative-risk events as wholes: a wallet counts once, by all it holds there.

    Returns:
        One row per event_id: smart_count, smart_weighted, and favourite_market_id, the outcome the smart set's YES pull,
        less its NO pull, is largest for.
    """
    smart = smart_set(exposures(inputs), inputs.traders, smart_tiers)
    grouped = inputs.markets[inputs.markets["neg_risk"].astype(bool)]
    smart = smart.merge(grouped[["market_id", "event_id"]].dropna(), on="market_id")
    wallets = (
        smart.assign(size=smart["x"].abs())
        .groupby(["event_id", "trader_id"])
        .agg(size=("size", "sum"), w=("w", "first"))
    )
    pull = wallets["w"] * np.log1p(wallets["size"] / 100.0)
    signed = (smart["pull"] * np.sign(smart["x"])).groupby([smart["event_id"], smart["market_id"]]).sum()
    favourite = signed.reset_index(name="pull").sort_values(
        ["event_id", "pull", "market_id"], ascending=[True, False, True]
    )
    result = pd.DataFrame(
        {"smart_count": wallets.groupby("event_id").size(), "smart_weighted": pull.groupby("event_id").sum()}
    )
    result["favourite_market_id"] = favourite.groupby("event_id")["market_id"].first()
    return result.reset_index()
