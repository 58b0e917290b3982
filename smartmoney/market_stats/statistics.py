"""Statistics of every market that holds smart money, and of negative-risk events as wholes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from smartmoney.market_stats.exposure import Floats, Inputs, exposures, floats, smart_set
from smartmoney.market_stats.lean import LEAST_WALLETS, divergence, leans

LEAST_COVERAGE = 0.5
LIQUIDITY_SCALE_USD = 10_000.0
TOP_TRADERS = 10


def smart_markets(
    inputs: Inputs,
    smart_tiers: Sequence[str] = ("S", "A"),
    lean_slope: float = 0.0,
    seed: int = 0,
    exposure: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Statistics of every market with smart holders.

    Args:
        inputs: what was known at the moment.
        smart_tiers: tiers that count as smart.
        lean_slope: b of `fit_lean_slope`; 0 until enough markets have resolved, and then divergence is missing.
        seed: of the bootstrap; the same inputs and seed give the same intervals.
        exposure: of `exposures`, when the caller has it already.

    Returns:
        One row per market_id (ascending): smart_count; smart_weighted, smart_weighted_yes, smart_weighted_no;
        smart_share and coverage in [0, 1]; smart_lean, lean_lo, lean_hi in [-1, 1]; lean_label; smart_score;
        smart_score_classic; smart_divergence; price; liquidity; top_smart_traders (list of dicts). Missing is None.
    """
    exposure = exposures(inputs) if exposure is None else exposure
    smart = smart_set(exposure, inputs.traders, smart_tiers)
    markets = inputs.markets.set_index("market_id")
    if smart.empty:
        return pd.DataFrame(columns=COLUMNS)
    grouped = smart.groupby("market_id", sort=True)
    rows = pd.DataFrame({"smart_count": grouped.size()})
    rows["smart_weighted"] = grouped["pull"].sum()
    rows["smart_weighted_yes"] = (
        smart["pull"].where(smart["x"] > 0, 0.0).groupby(smart["market_id"]).sum()
    )
    rows["smart_weighted_no"] = (
        smart["pull"].where(smart["x"] < 0, 0.0).groupby(smart["market_id"]).sum()
    )
    rows = rows.join(markets[["price", "liquidity", "volume", "open_interest"]])
    rows["coverage"] = _coverage(inputs.holdings, rows)
    total = exposure["x"].abs().groupby(exposure["market_id"]).sum()
    share = smart["x"].abs().groupby(smart["market_id"]).sum() / total.reindex(rows.index)
    rows["smart_share"] = share.where(rows["coverage"] >= LEAST_COVERAGE)
    _add_lean(rows, smart, seed)
    liquidity, volume = floats(rows["liquidity"]), floats(rows["volume"])
    rows["smart_score"] = rows["smart_weighted"] * np.log1p(liquidity / LIQUIDITY_SCALE_USD)
    with np.errstate(divide="ignore", invalid="ignore"):
        rows["smart_score_classic"] = np.where(
            volume > 0,
            rows["smart_weighted"] * np.log1p(liquidity / volume),
            np.where(volume == 0, 0.0, np.nan),
        )
    rows["smart_divergence"] = divergence(
        floats(rows["price"]), floats(rows["smart_lean"]), lean_slope
    )
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


def _coverage(holdings: pd.DataFrame, rows: pd.DataFrame) -> Floats:
    """Shares we know the holders of / shares there are: every dollar of open interest is one YES and one NO share."""
    known = (
        holdings["shares"]
        .astype(np.float64)
        .groupby(holdings["market_id"])
        .sum()
        .reindex(rows.index)
    )
    interest = floats(rows["open_interest"])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(interest > 0, np.minimum(known.to_numpy() / (2 * interest), 1.0), np.nan)


def _add_lean(rows: pd.DataFrame, smart: pd.DataFrame, seed: int) -> None:
    """Add smart_lean, its bootstrap interval over wallets and its label."""
    counts = rows["smart_count"].to_numpy()
    starts = np.cumsum(counts) - counts
    pull = smart["pull"].to_numpy()
    signed = pull * np.sign(smart["x"].to_numpy())
    found = np.full((len(rows), 3), np.nan)
    for wallets in np.unique(counts[counts >= LEAST_WALLETS]):
        here = counts == wallets
        places = starts[here][:, None] + np.arange(wallets)
        found[here] = leans(signed[places], pull[places], seed)
    rows["smart_lean"], rows["lean_lo"], rows["lean_hi"] = found.T
    rows["lean_label"] = np.select(
        [np.isnan(found[:, 0]), found[:, 1] > 0, found[:, 2] < 0],
        ["INSUFFICIENT", "YES", "NO"],
        "MIXED",
    )


def top_traders(smart: pd.DataFrame) -> pd.Series:
    """Per market_id, at most ten wallets by w·|x|: what `top_smart_traders` holds."""
    ranked = smart.assign(rank=smart["w"] * smart["x"].abs())
    ranked = ranked.sort_values(
        ["market_id", "rank", "trader_id"], ascending=[True, False, True], kind="stable"
    )
    ranked = ranked[ranked.groupby("market_id").cumcount() < TOP_TRADERS]
    shares, value = (ranked["yes_shares"] - ranked["no_shares"]).abs(), ranked["x"].abs()
    gain = (value - shares * ranked["avg_price"]).round(2)
    columns = {
        "address": ranked["address"].tolist(),
        "name": ranked["name"].tolist(),
        "tier": ranked["tier"].tolist(),
        "rarityScore": [
            None if np.isnan(score) else int(score) for score in floats(ranked["rarity_score"])
        ],
        "side": ranked["side"].tolist(),
        "shares": shares.round(6).tolist(),
        "avgPrice": _or_none(ranked["avg_price"].round(6)),
        "value": value.round(2).tolist(),
        "unrealizedPnl": _or_none(gain),
    }
    listed: dict[int, list[dict[str, Any]]] = {}
    for market, row in zip(
        ranked["market_id"].tolist(), zip(*columns.values(), strict=True), strict=True
    ):
        listed.setdefault(market, []).append(dict(zip(columns, row, strict=True)))
    return pd.Series(listed, dtype=object)


def _or_none(values: pd.Series) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in floats(values).tolist()]


def smart_events(
    inputs: Inputs, smart_tiers: Sequence[str] = ("S", "A"), exposure: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Negative-risk events as wholes: a wallet counts once, by all it holds there.

    Returns:
        One row per event_id: smart_count, smart_weighted, and favourite_market_id, the outcome the smart set's YES pull,
        less its NO pull, is largest for.
    """
    smart = smart_set(
        exposures(inputs) if exposure is None else exposure, inputs.traders, smart_tiers
    )
    grouped = inputs.markets[inputs.markets["neg_risk"].astype(bool)]
    smart = smart.merge(
        grouped[["market_id", "event_id"]].dropna().astype(np.int64), on="market_id"
    )
    wallets = (
        smart.assign(size=smart["x"].abs())
        .groupby(["event_id", "trader_id"])
        .agg(size=("size", "sum"), w=("w", "first"))
    )
    pull = wallets["w"] * np.log1p(wallets["size"] / 100.0)
    signed = (
        (smart["pull"] * np.sign(smart["x"])).groupby([smart["event_id"], smart["market_id"]]).sum()
    )
    favourite = signed.reset_index(name="pull").sort_values(
        ["event_id", "pull", "market_id"], ascending=[True, False, True]
    )
    result = pd.DataFrame(
        {
            "smart_count": wallets.groupby("event_id").size(),
            "smart_weighted": pull.groupby("event_id").sum(),
        }
    )
    result["favourite_market_id"] = favourite.groupby("event_id")["market_id"].first()
    return result.reset_index()
