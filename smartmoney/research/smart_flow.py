"""Where the wallets with good records stood so many hours before the resolution, and whether they were right about the price."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smartmoney.research.sampling import SEED, mean

FloatArray = NDArray[np.float64]
HOURS = (1, 6, 24, 72, 168)
LEAST_SHARES = 100.0
"""Smaller net flows are no opinion."""


@dataclass(frozen=True)
class FlowSnapshot:
    """All resolved markets, so many hours before each resolved.

    Attributes:
        markets: index condition_id; columns price (of the first outcome, last fill before the snapshot), payout (of the first
            outcome), cluster.
        wallets: addresses, ascending.
        net: shares of the first outcome each wallet bought on balance until then, shape (wallets, markets); buying the
            second outcome counts as selling the first, so that over both sides of every match it sums to zero.
    """

    markets: pd.DataFrame
    wallets: pd.Index
    net: FloatArray


def snapshot_before(fills: pd.DataFrame, hours: float) -> FlowSnapshot:
    """The snapshot `hours` before the resolutions; `fills` as of `settled`."""
    early = fills[fills["resolved_at"] - fills["ts"] >= pd.Timedelta(hours=hours)]
    first = early["outcome_index"] == 0
    sign = np.where((early["side"] == "BUY") == first, 1.0, -1.0)
    rows = early.assign(
        shares=sign * early["size"], payout=early["payout"].where(first, 1 - early["payout"])
    )
    markets = rows.groupby("condition_id").agg(
        price=("first_price", "last"), payout=("payout", "last"), cluster=("cluster", "last")
    )
    net = rows.pivot_table(
        index="address", columns="condition_id", values="shares", aggfunc="sum", fill_value=0.0
    )
    return FlowSnapshot(
        markets, net.index, net.reindex(columns=markets.index).to_numpy(dtype=np.float64)
    )


def follow(snapshot: FlowSnapshot, smart: Collection[str]) -> pd.DataFrame:
    """Following the side of the smart wallets' net flow at the price of that moment, to the resolution.

    Columns condition_id, cluster, net (shares, + is the first outcome), price, gain (USD per share); markets where the flow is
    below LEAST_SHARES are left out.
    """
    net = snapshot.net[snapshot.wallets.isin(list(smart))].sum(axis=0)
    found = snapshot.markets.assign(
        net=net, gain=np.sign(net) * (snapshot.markets["payout"] - snapshot.markets["price"])
    )
    return found[np.abs(net) >= LEAST_SHARES].reset_index()[
        ["condition_id", "cluster", "net", "price", "gain"]
    ]


def flow_table(
    fills: pd.DataFrame, smart: Collection[str], hours: Sequence[float] = HOURS
) -> pd.DataFrame:
    """Mean gain of following, per snapshot: columns hours, value, low, high (USD per share), markets, events."""
    found = {each: follow(snapshot_before(fills, each), smart) for each in hours}
    rows = [(each, mean(part["gain"], part["cluster"])) for each, part in found.items()]
    return pd.DataFrame(
        [(each, got.value, got.low, got.high, got.n, got.clusters) for each, got in rows],
        columns=["hours", "value", "low", "high", "markets", "events"],
    )


def shuffled_gain(
    snapshot: FlowSnapshot, smart: Collection[str], pool: Collection[str], times: int = 1_000
) -> FloatArray:
    """Mean gain of following as many wallets drawn at random from `pool`, so many times: what any such group would show."""
    inside = np.flatnonzero(snapshot.wallets.isin(list(pool)))
    count = int(snapshot.wallets.isin(list(smart)).sum())
    if not count or count > len(inside):
        return np.empty(0)
    rng = np.random.default_rng(SEED)
    chosen = np.zeros((times, len(snapshot.wallets)))
    for row in chosen:
        row[rng.choice(inside, count, replace=False)] = 1.0
    net = chosen @ snapshot.net
    opinion = np.abs(net) >= LEAST_SHARES
    gain = (
        np.sign(net)
        * (snapshot.markets["payout"] - snapshot.markets["price"]).to_numpy(dtype=np.float64)
        * opinion
    )
    held = opinion.sum(axis=1)
    found: FloatArray = gain.sum(axis=1)[held > 0] / held[held > 0]
    return found
