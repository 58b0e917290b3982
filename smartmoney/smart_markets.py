"""What smart wallets hold, market by market (scoring.md, section 4). Pure: frames in, frames out.

The smart set of a market: unflagged wallets of the smart tiers with a net exposure of at least $100 in it.
    Exposure is
signed, + for the first outcome (YES); shares of both sides cancel. w = skill_prob, x = exposure in dollars.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from smartmoney.ledger import MICRO
from smartmoney.scoring.constants import Tier

SMART_TIERS: tuple[Tier, ...] = ("S", "A")
MIN_EXPOSURE = 100.0
MIN_WALLETS = 3
MIN_COVERAGE = 0.5
LIQUIDITY_UNIT = 10_000.0
TOP_TRADERS = 10
BOOTSTRAPS = 400
MIN_FITTED_MARKETS = 300

FloatArray = NDArray[np.float64]


def smart_markets(
    holdings: pd.DataFrame,
    scores: pd.DataFrame,
    markets: pd.DataFrame,
    *,
    smart_tiers: Sequence[str] = SMART_TIERS,
    divergence_slope: float = 0.0,
    seed: int = 7,
) -> pd.DataFrame:
    """Statistics of every market; a market nobody smart holds has zeros and nulls.

    Args:
        holdings: open shares, one row per wallet and outcome: trader, market, position (0 is YES),
            shares_micro, cost_micro.
        scores: the frame of `scoring.combine` (trader, address, tier, rarity_score, skill_prob, flags), with
            `name` where known.
        markets: market, event, neg_risk, price (of the first outcome, NA unknown), liquidity, volume
            (dollars, NA unknown), open_interest (full sets outstanding, NA unknown).
        smart_tiers: tiers that count as smart.
        divergence_slope: b of `fit_divergence`.
        seed: of the bootstrap; a market's interval does not depend on the other markets.

    Returns:
        One row per row of `markets`, same order, RangeIndex: market, event, smart_count int64,
        smart_weighted, smart_weighted_yes, smart_weighted_no, smart_score, smart_score_classic float64,
        lean_label string (YES, NO, MIXED, INSUFFICIENT), top_smart_traders object (list of dicts), and
            Float64 with NA: smart_share, coverage,
        smart_lean, lean_lo, lean_hi (90 %), smart_divergence, price, liquidity.
    """
    held = exposures(holdings, markets)
    smart = smart_set(held, scores, markets, smart_tiers)
    place = pd.Series(np.arange(len(markets)), index=markets["market"].to_numpy())
    row = place[smart["market"]].to_numpy(np.int64)
    weight, x = smart["skill_prob"].to_numpy(np.float64), smart["exposure"].to_numpy(np.float64)
    part = weight * np.log1p(np.abs(x) / MIN_EXPOSURE)
    yes = _sum(row, np.where(x > 0, part, 0.0), len(markets))
    no = _sum(row, np.where(x < 0, part, 0.0), len(markets))
    frame = markets[["market", "event"]].reset_index(drop=True)
    frame["smart_count"] = np.bincount(row, minlength=len(markets)).astype(np.int64)
    frame["smart_weighted"], frame["smart_weighted_yes"], frame["smart_weighted_no"] = yes + no, yes, no
    share = _shares(held, markets, place, _sum(row, np.abs(x), len(markets)))
    lean = _leans(row, part * np.sign(x), part, markets["market"].to_numpy(), seed)
    frame = pd.concat([frame, share, lean, _attention(yes + no, markets)], axis=1)
    frame["price"] = _nullable(_numbers(markets["price"], np.nan))
    frame["liquidity"] = _nullable(_numbers(markets["liquidity"], np.nan))
    frame["smart_divergence"] = _divergence(frame["price"], frame["smart_lean"], divergence_slope)
    frame["top_smart_traders"] = _top_traders(smart, weight * np.abs(x), row, len(markets))
    return frame


def smart_events(
    statistics: pd.DataFrame,
    holdings: pd.DataFrame,
    scores: pd.DataFrame,
    markets: pd.DataFrame,
    *,
    smart_tiers: Sequence[str] = SMART_TIERS,
) -> pd.DataFrame:
    """Markets of one event taken together, a wallet counted once by the sum of its exposures' sizes.

    Returns:
        One row per event, ascending, RangeIndex: event, markets int64, smart_count int64, smart_weighted,
        smart_score float64, leading_market (where the YES part exceeds the NO part most; Int64, NA when
        nowhere).
    """
    smart = smart_set(exposures(holdings, markets), scores, markets, smart_tiers)
    smart = smart.merge(markets[["market", "event"]], on="market")
    wallets = (
        smart.assign(size=smart["exposure"].abs())
        .groupby(["event", "trader"], as_index=False)
        .agg(size=("size", "sum"), skill_prob=("skill_prob", "first"))
    )
    wallets["part"] = wallets["skill_prob"].astype(np.float64) * np.log1p(wallets["size"] / MIN_EXPOSURE)
    totals = wallets.groupby("event").agg(smart_count=("trader", "size"), smart_weighted=("part", "sum"))
    liquidity = pd.Series(_numbers(markets["liquidity"]), index=markets["event"].to_numpy()).groupby(level=0).sum()
    frame = pd.DataFrame({"markets": markets.groupby("event").size()}).join(totals)
    frame = frame.fillna({"smart_count": 0, "smart_weighted": 0.0}).astype({"smart_count": np.int64})
    frame["smart_score"] = frame["smart_weighted"] * np.log1p(liquidity / LIQUIDITY_UNIT)
    balance = statistics.assign(balance=statistics["smart_weighted_yes"] - statistics["smart_weighted_no"])
    leading = balance[balance["balance"] > 0].sort_values("balance", kind="stable").groupby("event")["market"].last()
    frame["leading_market"] = leading.astype("Int64")
    return frame.rename_axis("event").reset_index()


def exposures(holdings: pd.DataFrame, markets: pd.DataFrame) -> pd.DataFrame:
    """Net exposure per wallet and market: trader, market, exposure (dollars, signed), shares (of the heavier
    side), average_price (paid for that side), price (of that side, nan unknown), gross (shares of both
    sides).

    Valued at the market's price, or at the average price paid where that is unknown.
    """
    open_rows = holdings[(holdings["shares_micro"] > 0) & holdings["market"].isin(markets["market"])]
    keys = ["trader", "market"]
    sides = []
    for position in (0, 1):
        side = open_rows[open_rows["position"] == position].groupby(keys)[["shares_micro", "cost_micro"]].sum()
        sides.append(side.rename(columns={"shares_micro": f"shares{position}", "cost_micro": f"cost{position}"}))
    both = sides[0].join(sides[1], how="outer").fillna(0).reset_index()
    first_price = pd.Series(_numbers(markets["price"], np.nan), index=markets["market"].to_numpy())
    known = first_price.reindex(both["market"]).to_numpy(np.float64)
    yes = (both["shares0"] >= both["shares1"]).to_numpy()
    shares = np.where(yes, both["shares0"], both["shares1"]) / MICRO
    paid = np.where(yes, both["cost0"], both["cost1"]) / MICRO / np.where(shares > 0, shares, 1)
    price = np.where(yes, known, 1 - known)
    net = np.abs(both["shares0"] - both["shares1"]).to_numpy(np.float64) / MICRO
    worth = net * np.where(np.isnan(price), paid, price)
    return pd.DataFrame(
        {
            "trader": both["trader"],
            "market": both["market"],
            "exposure": np.where(yes, worth, -worth),
            "shares": net,
            "average_price": paid,
            "price": price,
            "gross": (both["shares0"] + both["shares1"]).to_numpy(np.float64) / MICRO,
        }
    )


def smart_set(
    held: pd.DataFrame, scores: pd.DataFrame, markets: pd.DataFrame, smart_tiers: Sequence[str]
) -> pd.DataFrame:
    """Rows of `exposures` that belong to smart wallets and are large enough, with the wallet's scores, in the
    order of `markets`, then by trader."""
    unflagged = scores["flags"].map(len) == 0
    good = scores[scores["tier"].isin(list(smart_tiers)) & unflagged & scores["skill_prob"].notna()]
    columns = ["trader", "address", "tier", "rarity_score", "skill_prob"]
    named = good[[*columns, "name"]] if "name" in good else good[columns].assign(name="")
    large = held[held["exposure"].abs() >= MIN_EXPOSURE]
    return large.merge(named, on="trader").sort_values(["market", "trader"], kind="stable", ignore_index=True)


def fit_divergence(price: FloatArray, lean: FloatArray, won: FloatArray) -> float:
    """Slope b of logit P(won) = logit(price) + b lean over resolved markets, by maximum likelihood.

    Args:
        price: of the first outcome when the statistics were computed.
        lean: smart_lean then.
        won: payout of the first outcome.

    Returns:
        0 below 300 markets, and when leans carry no information.
    """
    known = np.isfinite(price) & np.isfinite(lean) & np.isfinite(won)
    offset, lean, won = logit(np.clip(price[known], 0.001, 0.999)), lean[known], won[known]
    if len(won) < MIN_FITTED_MARKETS:
        return 0.0
    slope = 0.0
    for _ in range(50):
        chance = expit(offset + slope * lean)
        information = float((lean**2 * chance * (1 - chance)).sum())
        if information < 1e-9:
            return 0.0
        step = float((lean * (won - chance)).sum()) / information
        slope = float(np.clip(slope + step, -5, 5))
        if abs(step) < 1e-10:
            break
    return slope


def _sum(row: NDArray[np.int64], values: FloatArray, size: int) -> FloatArray:
    return np.bincount(row, values, minlength=size).astype(np.float64)


def _numbers(column: pd.Series, missing: float = 0.0) -> FloatArray:
    numbers: FloatArray = column.astype("Float64").to_numpy(np.float64, na_value=missing)
    return numbers


def _attention(weighted: FloatArray, markets: pd.DataFrame) -> pd.DataFrame:
    """smart_score, and the classic one that ranks dust above depth; unknown liquidity counts as none."""
    liquidity, volume = _numbers(markets["liquidity"]), _numbers(markets["volume"])
    turnover = np.where(volume > 0, np.log1p(liquidity / np.where(volume > 0, volume, 1.0)), 0.0)
    return pd.DataFrame({
        "smart_score": weighted * np.log1p(liquidity / LIQUIDITY_UNIT),
        "smart_score_classic": weighted * turnover,
    })  # fmt: skip


def _shares(held: pd.DataFrame, markets: pd.DataFrame, place: pd.Series, smart: FloatArray) -> pd.DataFrame:
    """Smart money as a share of all that is known (null where less than half is), and how much is known."""
    row = place[held["market"]].to_numpy(np.int64)
    every = _sum(row, np.abs(held["exposure"].to_numpy(np.float64)), len(markets))
    gross = _sum(row, held["gross"].to_numpy(np.float64), len(markets))
    sets = _numbers(markets["open_interest"], np.nan)
    known = np.minimum(gross / np.where(sets > 0, 2 * sets, np.nan), 1.0)
    enough = (np.nan_to_num(known) >= MIN_COVERAGE) & (every > 0)
    share = np.where(enough, smart / np.where(every > 0, every, 1.0), np.nan)
    return pd.DataFrame({"smart_share": _nullable(share), "coverage": _nullable(known)})


def _nullable(values: FloatArray) -> pd.Series:
    return pd.Series(pd.arrays.FloatingArray(np.nan_to_num(values), np.isnan(values)))


def _leans(
    row: NDArray[np.int64], signed: FloatArray, part: FloatArray, names: NDArray[np.int64], seed: int
) -> pd.DataFrame:
    """smart_lean with its 90 % interval from resampling wallets, and the label."""
    numbers = np.full((len(names), 3), np.nan)
    labels = np.full(len(names), "INSUFFICIENT", object)
    bounds = np.searchsorted(row, np.arange(len(names) + 1))
    for i in np.flatnonzero(np.diff(bounds) >= MIN_WALLETS):
        mine = slice(bounds[i], bounds[i + 1])
        n = bounds[i + 1] - bounds[i]
        draws = np.random.default_rng([seed, int(names[i])]).multinomial(n, np.full(n, 1 / n), BOOTSTRAPS)
        leans = (draws @ signed[mine]) / (draws @ part[mine])
        numbers[i] = [signed[mine].sum() / part[mine].sum(), *np.quantile(leans, [0.05, 0.95])]
        labels[i] = "YES" if numbers[i, 1] > 0 else "NO" if numbers[i, 2] < 0 else "MIXED"
    columns = {name: _nullable(numbers[:, k]) for k, name in enumerate(("smart_lean", "lean_lo", "lean_hi"))}
    return pd.DataFrame(columns | {"lean_label": pd.array(labels, dtype="string")})


def _divergence(price: pd.Series, lean: pd.Series, slope: float) -> pd.Series:
    p, x = _numbers(price, np.nan), _numbers(lean, np.nan)
    return _nullable(expit(logit(np.clip(p, 0.001, 0.999)) + slope * x) - np.clip(p, 0.001, 0.999))


def _top_traders(
    smart: pd.DataFrame, importance: FloatArray, row: NDArray[np.int64], markets: int
) -> list[list[dict[str, Any]]]:
    """At most ten wallets per market by w |x|; ties by address. JSON-native."""
    found: list[list[dict[str, Any]]] = [[] for _ in range(markets)]
    ranked = smart.assign(row=row, importance=importance)
    ranked = ranked.sort_values(["row", "importance", "address"], ascending=[True, False, True], kind="stable")
    for trader in ranked[ranked.groupby("row").cumcount() < TOP_TRADERS].to_dict("records"):
        gain = None if np.isnan(trader["price"]) else trader["shares"] * (trader["price"] - trader["average_price"])
        found[trader["row"]].append(
            {
                "address": trader["address"],
                "name": trader["name"] or "",
                "tier": trader["tier"],
                "rarity_score": int(trader["rarity_score"]),
                "side": "YES" if trader["exposure"] > 0 else "NO",
                "shares": round(trader["shares"], 6),
                "average_price": round(trader["average_price"], 6),
                "value": round(abs(trader["exposure"]), 6),
                "unrealized_pnl": None if gain is None else round(gain, 6),
            }
        )
    return found
