"""Maker or taker: the API does not say, but a match does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from smartmoney.research.prices import banded
from smartmoney.research.sampling import ratio

FEE_USD = 0.0005
"""Cash further from size x price than rounding explains."""


def fees(trades: pd.DataFrame) -> pd.Series:
    """Fee of each fill in USD: cash less notional on a buy, notional less cash on a sale; missing where cash is not reported."""
    notional = trades["size"] * trades["price"]
    paid = (trades["cash"] - notional).where(trades["side"] == "BUY", notional - trades["cash"])
    return paid.where(trades["cash_reported"].astype(bool)).clip(lower=0)


def roles(trades: pd.DataFrame) -> pd.Series:
    """`taker`, `maker`, or missing, per fill (dtype string, the index of `trades`).

    One transaction is one match: a single taker order against resting ones. Only the taker pays a fee (docs/polymarket-api.md,
    section 9);
    without fees, the taker's fill is as large as those of its makers together, which tells with two makers or more. A fill
    whose other side is not stored, or a match of two equal fills without a fee, stays unknown.
    """
    match = trades.groupby(["tx_hash", "condition_id"], sort=False)
    rows, whole = match["size"].transform("size"), match["size"].transform("sum")
    paid = fees(trades).fillna(0) > FEE_USD
    one_paid = (
        paid.groupby([trades["tx_hash"], trades["condition_id"]], sort=False).transform("sum") == 1
    )
    as_large = (2 * trades["size"] - whole).abs() <= 1e-6 * whole
    one_large = (
        as_large.groupby([trades["tx_hash"], trades["condition_id"]], sort=False).transform("sum")
        == 1
    )
    by_fee, by_size = (rows > 1) & one_paid, (rows > 2) & one_large & ~one_paid
    taker = (by_fee & paid) | (by_size & as_large)
    found = pd.Series(pd.NA, index=trades.index, dtype="string")
    return found.mask(by_fee | by_size, "maker").mask(taker, "taker")


def per_role(fills: pd.DataFrame) -> pd.DataFrame:
    """What each role made per share and per dollar, fees included and not.

    Args:
        fills: see `settled`, with a column role.

    Returns:
        Index role; columns gross, net (Interval: USD per share, held to resolution), roi (Interval: per dollar of cash),
        fills, share_of_cash.
    """
    known = fills[fills["role"].notna()]
    rows = {}
    for role, group in known.groupby("role"):
        sign = np.where(group["side"] == "BUY", 1.0, -1.0)
        gross = sign * (group["payout"] - group["price"]) * group["size"]
        net = gross - fees(group).fillna(0)
        rows[str(role)] = (
            ratio(gross, group["size"], group["cluster"]),
            ratio(net, group["size"], group["cluster"]),
            ratio(net, group["cash"], group["cluster"]),
            len(group),
            group["cash"].sum() / known["cash"].sum(),
        )
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["gross", "net", "roi", "fills", "share_of_cash"]
    )


def compared(table: pd.DataFrame) -> pd.DataFrame:
    """The results of `per_role` one under the other: columns role, what (gross or net), value, low, high."""
    return pd.DataFrame(
        [
            (role, what, row[what].value, row[what].low, row[what].high)
            for role, row in table.iterrows()
            for what in ("gross", "net")
        ],
        columns=["role", "what", "value", "low", "high"],
    )


def by_band(
    fills: pd.DataFrame, role: str, edges: Sequence[float] = (0, 0.2, 0.4, 0.6, 0.8, 1)
) -> pd.DataFrame:
    """Net result per share of one role by band of the price: columns band, value, low, high (USD per share), n."""
    group = fills[fills["role"] == role]
    sign = np.where(group["side"] == "BUY", 1.0, -1.0)
    net = sign * (group["payout"] - group["price"]) * group["size"] - fees(group).fillna(0)
    found = {
        name: ratio(net[part.index], part["size"], part["cluster"])
        for name, part in group.groupby(banded(group["price"], edges), observed=True)
    }
    return pd.DataFrame(
        [(name, each.value, each.low, each.high, each.n) for name, each in found.items()],
        columns=["band", "value", "low", "high", "n"],
    )
