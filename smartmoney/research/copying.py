"""What a follower would have got: the leader's entries at the price of some seconds later, with spread and fee."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smartmoney.research.sampling import Interval, mean, ratio

HIGHEST = 0.999


@dataclass(frozen=True)
class Costs:
    """What crossing the book costs.

    Attributes:
        spread: best ask less best bid, USD per share; a follower pays half of it above the last price.
        fee_rate: taker's fee, rate x price x (1 - price) per share (docs/polymarket-api.md, section 9).
    """

    spread: float = 0.01
    fee_rate: float = 0.04

    def paid(self, price: pd.Series) -> pd.Series:
        """What one share costs, fee included, where the last price was `price`."""
        ask = (price + self.spread / 2).clip(upper=HIGHEST)
        return ask + self.fee_rate * ask * (1 - ask)


def leaders(tiers: pd.Series, smart: Collection[str]) -> list[str]:
    """Addresses whose tier, as it was known, is one of those."""
    return sorted(tiers.index[tiers.isin(list(smart))])


def copies(
    fills: pd.DataFrame, followed: Collection[str], delays_s: Collection[int], costs: Costs
) -> pd.DataFrame:
    """Each leader's first purchase of each outcome, copied after each delay and held to the resolution.

    Args:
        fills: see `settled`; only fills after the day on which the leaders were chosen.
        followed: addresses of the leaders.
        delays_s: seconds from the leader's fill to the follower's.
        costs: see `Costs`.

    Returns:
        One row per delay and entry: delay_s, address, condition_id, cluster, leader_price, price (first fill of the market
        at or after the delay; missing where none came before the resolution: too late), cost, payout, profit (USD per share).
    """
    bought = fills[fills["address"].isin(list(followed)) & (fills["side"] == "BUY")]
    entries = bought.drop_duplicates(["address", "condition_id", "outcome_index"])[
        ["ts", "address", "condition_id", "outcome_index", "price", "payout", "cluster"]
    ].rename(columns={"price": "leader_price"})
    tape = fills[["ts", "condition_id", "first_price"]].drop_duplicates(["ts", "condition_id"])
    parts = [_after(entries, tape, each, costs) for each in delays_s]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _after(entries: pd.DataFrame, tape: pd.DataFrame, delay_s: int, costs: Costs) -> pd.DataFrame:
    wanted = entries.assign(ts=entries["ts"] + pd.Timedelta(seconds=delay_s)).sort_values(
        "ts", kind="stable"
    )
    found = pd.merge_asof(
        wanted, tape.sort_values("ts"), on="ts", by="condition_id", direction="forward"
    )
    price = found["first_price"].where(found["outcome_index"] == 0, 1 - found["first_price"])
    price = price if delay_s else found["leader_price"]
    cost = costs.paid(price.astype("float64"))
    kept = found[["address", "condition_id", "cluster", "leader_price", "payout"]]
    return kept.assign(delay_s=delay_s, price=price, cost=cost, profit=found["payout"] - cost)


def copy_return(copied: pd.DataFrame) -> tuple[Interval, Interval]:
    """(profit per share in USD, return per dollar staked in equal shares), events resampled; late entries left out."""
    there = copied[np.isfinite(copied["profit"].to_numpy(dtype=float, na_value=np.nan))]
    return mean(there["profit"], there["cluster"]), ratio(
        there["profit"], there["cost"], there["cluster"]
    )


def returns_by_delay(copied: pd.DataFrame, delays: Mapping[str, int]) -> pd.DataFrame:
    """What copies earned, by their delay.

    Args:
        copied: see `copies`.
        delays: seconds, by the name of the delay.

    Returns:
        Index delay; columns profit, low, high (USD per share, after costs), return (per dollar), entries, events, too late.
    """
    rows = {}
    for name, seconds in delays.items():
        part = copied[copied["delay_s"] == seconds]
        profit, per_dollar = copy_return(part)
        late = int(part["price"].isna().sum())
        found = (profit.value, profit.low, profit.high, per_dollar.value)
        rows[name] = (*found, profit.n, profit.clusters, late)
    columns = ["profit", "low", "high", "return", "entries", "events", "too late"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("delay")


def profit_by_costs(
    fills: pd.DataFrame,
    followed: Collection[str],
    *,
    fees: Sequence[float],
    spreads: Sequence[float],
    delay_s: int = 60,
) -> pd.DataFrame:
    """Profit per share of copies after a delay, under each fee and spread: columns fee, spread, profit."""
    grid = [Costs(spread, fee) for fee in fees for spread in spreads]
    profits = [copy_return(copies(fills, followed, [delay_s], each))[0].value for each in grid]
    return pd.DataFrame(
        {
            "fee": [f"fee rate {each.fee_rate:.0%}" for each in grid],
            "spread": [each.spread for each in grid],
            "profit": profits,
        }
    )
