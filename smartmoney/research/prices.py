"""Prices against what happened: the resolution joined to fills, calibration by band, the favourite-longshot gap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from smartmoney.research.sampling import Interval, mean, ratio

EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


def settled(trades: pd.DataFrame, markets: pd.DataFrame) -> pd.DataFrame:
    """The fills of resolved markets of two outcomes, with what their share paid.

    Args:
        trades, markets: frames of `smartmoney`.

    Returns:
        Fills made before the resolution, in time order; columns of `trades` plus payout (USD per share of the fill's
        outcome), first_price (of the first outcome), resolved_at, category, and cluster (the event, or the market where it
        has none).
    """
    known = markets.loc[
        markets["payout"].notna() & markets["resolved_at"].notna(),
        ["condition_id", "event_id", "payout", "resolved_at", "category"],
    ]
    rows = trades.merge(known, on="condition_id").query(
        "outcome_index in (0, 1) and ts < resolved_at"
    )
    second = rows["outcome_index"] == 1
    return rows.assign(
        payout=rows["payout"].where(~second, 1 - rows["payout"]),
        first_price=rows["price"].where(~second, 1 - rows["price"]),
        cluster=rows["event_id"].astype("string").fillna(rows["condition_id"]),
    ).sort_values(["ts", "condition_id", "price"], kind="stable", ignore_index=True)


def daily_prices(fills: pd.DataFrame, quiet_hours: float = 24.0) -> pd.DataFrame:
    """One forecast per resolved market and day: its last price of the day, both outcomes.

    Args:
        fills: see `settled`.
        quiet_hours: prices so short before the resolution are news of it, and left out.

    Returns:
        Two rows per market-day; columns condition_id, cluster, day, price, payout, first (bool: of the first outcome).
    """
    early = fills[fills["resolved_at"] - fills["ts"] >= pd.Timedelta(hours=quiet_hours)]
    early = early.assign(
        day=early["ts"].dt.floor("D"),
        yes=early["payout"].where(early["outcome_index"] == 0, 1 - early["payout"]),
    )
    last = early.groupby(["condition_id", "day"], as_index=False).last()[
        ["condition_id", "cluster", "day", "first_price", "yes"]
    ]
    last = last.rename(columns={"first_price": "price", "yes": "payout"})
    other = last.assign(price=1 - last["price"], payout=1 - last["payout"])
    return pd.concat([last.assign(first=True), other.assign(first=False)], ignore_index=True)


def banded(price: pd.Series, edges: Sequence[float] = EDGES) -> pd.Series:
    """The band of each price, as an ordered category: "20–30 ¢" holds prices above 20 and up to 30 cents."""
    names = [
        f"{low * 100:.0f}–{high * 100:.0f} ¢"
        for low, high in zip(edges[:-1], edges[1:], strict=True)
    ]
    return pd.cut(price, list(edges), labels=names, include_lowest=True)


def bands(forecasts: pd.DataFrame, edges: Sequence[float] = EDGES) -> pd.DataFrame:
    """Calibration by band of the price: columns price (mean), paid_out (mean), gap, low, high, n, events; empty bands left out.

    The gap is payout less price; its bounds come from resampling events.
    """
    band = banded(forecasts["price"], edges)
    rows = []
    for name, group in forecasts.groupby(band, observed=True):
        gap_here = mean(group["payout"] - group["price"], group["cluster"])
        rows.append(
            (
                str(name),
                group["price"].mean(),
                group["payout"].mean(),
                gap_here.value,
                gap_here.low,
                gap_here.high,
                gap_here.n,
                gap_here.clusters,
            )
        )
    return pd.DataFrame(
        rows, columns=["band", "price", "paid_out", "gap", "low", "high", "n", "events"]
    ).set_index("band")


def gap(forecasts: pd.DataFrame, low: float, high: float) -> Interval:
    """Mean payout less price where the price lies in [low, high], in dollars per share."""
    rows = forecasts[forecasts["price"].between(low, high)]
    return mean(rows["payout"] - rows["price"], rows["cluster"])


def favourite_longshot(
    forecasts: pd.DataFrame, longshot: float = 0.2
) -> tuple[Interval, Interval, float]:
    """Gap of longshots (price at most `longshot`), of favourites (its mirror), and the share of market-days with one.

    With two outcomes the two gaps mirror each other: a longshot that disappoints is a favourite that delivers.
    """
    long, short = gap(forecasts, 0, longshot), gap(forecasts, 1 - longshot, 1)
    days = len(forecasts) / 2
    return long, short, long.n / days if days else np.nan


def purchase_returns(fills: pd.DataFrame, longshot: float) -> dict[str, Interval]:
    """What a dollar of purchases brought, held to the resolution: of longshots, in between, of favourites.

    Args:
        fills: see `settled`.
        longshot: price of the dearest longshot.
    """
    bought = fills[fills["side"] == "BUY"]
    profit = bought["size"] * bought["payout"] - bought["cash"]
    edges, names = [0, longshot, 1 - longshot, 1], ["longshots", "in between", "favourites"]
    kind = pd.cut(bought["price"], edges, labels=names)
    return {
        str(name): ratio(profit[rows], bought["cash"][rows], bought["cluster"][rows])
        for name, rows in bought.groupby(kind, observed=False).groups.items()
    }
