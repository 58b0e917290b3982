"""The yardstick: the numbers of a score in vectorised pandas, in floating point, for trades in markets of two outcomes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from benchmarks.bench_ledger import pandas_ledger
from smartmoney.ledger import Markets

DAY_SECONDS = 86_400


def pandas_scores(frame: pd.DataFrame, known: Markets) -> pd.DataFrame:
    """Metrics, skill and score per trader.

    Args:
        frame: trades in time order: trader, ts, outcome, kind, size_micro, cash_micro.
        known: markets, none of negative risk.
    """
    positions, events, traders, days = pandas_ledger(frame, known)
    found = traders.set_index("trader").join(event_metrics(events)).join(drawdown(positions, days, known))
    surprises = event_surprises(positions, known)
    return ranked(found.join(skill(surprises)).join(stability(surprises)).join(binomial_tails(surprises)))


def event_metrics(events: pd.DataFrame) -> pd.DataFrame:
    """Over decided events."""
    decided = events[~events["open"]]
    size = decided["pnl"].abs()
    gross = size.groupby(decided["trader"]).transform("sum")
    table = decided.assign(won=decided["pnl"] > 1e4, lost=decided["pnl"] < -1e4, gain=decided["pnl"].clip(lower=0),
                           loss=-decided["pnl"].clip(upper=0), size=size, square=(size / gross) ** 2)  # fmt: skip
    sums = table.groupby("trader").agg(won=("won", "sum"), lost=("lost", "sum"), gain=("gain", "sum"), loss=("loss", "sum"),
                                       net=("pnl", "sum"), paid=("paid", "sum"), hhi=("square", "sum"), top=("size", "max"))  # fmt: skip
    return sums.assign(win_rate=sums["won"] / (sums["won"] + sums["lost"]), profit_factor=sums["gain"] / sums["loss"],
                       roi=sums["net"] / sums["paid"], top_share=sums["top"] / sums["net"].abs()).drop(columns="paid")  # fmt: skip


def drawdown(positions: pd.DataFrame, days: pd.DataFrame, known: Markets) -> pd.DataFrame:
    """Largest fall of the cumulative result, settlement on the day of the resolution, over the peak of capital."""
    market = known.outcome_market[positions["outcome"]]
    late = positions[known.resolved[market]].assign(ts=known.resolved_at[market][known.resolved[market]] // DAY_SECONDS)
    late = late.assign(paid=-late["cost"]).groupby(["trader", "ts"])[["realized", "paid"]].sum()
    curve = pd.concat([days, late]).groupby(level=[0, 1]).sum()
    trader = curve.index.get_level_values(0)
    total, tied = (curve[name].groupby(trader).cumsum() for name in ("realized", "paid"))
    fall = total.groupby(trader).cummax().clip(lower=0) - total
    found = pd.DataFrame({"drawdown": fall.groupby(trader).max(), "capital": tied.groupby(trader).max()})
    return found.assign(max_drawdown=found["drawdown"] / found["capital"])


def event_surprises(positions: pd.DataFrame, known: Markets) -> pd.DataFrame:
    """Unit surprise, information, range, price and hit per trader and event that counts."""
    market = known.outcome_market[positions["outcome"]]
    side = known.outcome_position[positions["outcome"]]
    base = pd.DataFrame({"trader": positions["trader"], "market": market, "event": positions["event"],
                         "net": (positions["bought"] - positions["sold"]) / 1e6, "price": positions["paid"] / positions["bought"]})  # fmt: skip
    both = base[side == 0].merge(base[side == 1], on=["trader", "market", "event"], how="outer", suffixes=("", "_no"))
    yes, no = both["price"], both["price_no"]
    price = (yes / (yes + no)).fillna(yes).fillna(1 - no).clip(0.001, 0.999)
    first = known.first_outcome[both["market"]]
    size = both["net"].fillna(0.0) - both["net_no"].fillna(0.0)
    bets = both[["trader", "event", "market"]].assign(
        surprise=size * (known.payout_micro[first] / 1e6 - price), deviation=size.abs() * np.sqrt(price * (1 - price)),
        span=size.abs(), chance=price.where(size > 0, 1 - price), settled=known.resolved[both["market"]],
        day=known.resolved_at[both["market"]] // DAY_SECONDS)  # fmt: skip
    bets = bets.sort_values("span", ascending=False, kind="stable")
    found = bets.groupby(["trader", "event"], as_index=False).agg(
        surprise=("surprise", "sum"), deviation=("deviation", "sum"), span=("span", "sum"), chance=("chance", "first"),
        sign=("surprise", "first"), settled=("settled", "all"), day=("day", "max"))  # fmt: skip
    found = found[found["settled"] & (found["span"] >= 1)]
    return found.assign(u=found["surprise"] / found["span"], v=(found["deviation"] / found["span"]) ** 2, hit=found["sign"] > 0)


def skill(found: pd.DataFrame) -> pd.DataFrame:
    """Sufficient statistics and what follows from them for a prior of N(0, 0.1^2)."""
    sums = found.assign(weight=found["span"] * found["v"], excess=found["hit"] - found["chance"]).groupby("trader").agg(
        n=("u", "size"), hits=("hit", "sum"), u=("u", "sum"), v=("v", "sum"), weight=("weight", "sum"), excess=("excess", "mean"))  # fmt: skip
    mean, deviation = sums["u"] / (sums["v"] + 100), 1 / np.sqrt(sums["v"] + 100)
    return sums.assign(edge=sums["u"] / sums["v"], z=sums["u"] / np.sqrt(sums["v"]), mean=mean,
                       skill_prob=ndtr((mean - 0.04) / deviation), dollars=np.arcsinh(mean * sums["weight"] / 2))  # fmt: skip


def stability(found: pd.DataFrame) -> pd.Series:
    """Share of windows of 30 days, ten days apart, with a positive sum."""
    bucket = (found["day"] - found.groupby("trader")["day"].transform("min")) // 10
    copies = pd.concat([found[["trader", "u"]].assign(window=bucket - back) for back in range(3)])
    sums = copies[copies["window"] >= 0].groupby(["trader", "window"])["u"].sum()
    return (sums > 0).groupby(level=0).mean().rename("stability")


def binomial_tails(found: pd.DataFrame) -> pd.Series:
    """Exact P(at least as many hits), all traders at once, event by event."""
    order = found.groupby("trader").cumcount()
    prices = found.pivot_table(index="trader", columns=order, values="chance").to_numpy()
    hits = found.groupby("trader")["hit"].sum()
    chance = np.zeros((len(prices), prices.shape[1] + 1))
    chance[:, 0] = 1.0
    for column in np.nan_to_num(prices).T[:, :, None]:
        chance[:, 1:] = chance[:, 1:] * (1 - column) + chance[:, :-1] * column
        chance[:, :1] *= 1 - column
    tail = chance[:, ::-1].cumsum(axis=1)[:, ::-1][np.arange(len(hits)), hits.to_numpy(int)]
    return pd.Series(tail, hits.index, name="p_exact")


def ranked(found: pd.DataFrame) -> pd.DataFrame:
    """The score and its slots."""
    composite = 0.7 * found["mean"].rank(pct=True) + 0.3 * found["dollars"].rank(pct=True)
    share = composite.rank(pct=True)
    return found.assign(rarity_score=(99_999 * share).round(), tier=np.digitize(1 - share, [0.001, 0.01, 0.05, 0.2, 0.5]))
