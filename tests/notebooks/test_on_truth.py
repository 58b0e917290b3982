"""What the analyses infer, against what the simulator knows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from polymarket_sim.model import Kind
from smartmoney import frames
from smartmoney.research import luck_test, roles
from tests.kit.installed import Installed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("notebooks")]


def test_inferred_roles_are_the_true_ones(installed: Installed) -> None:
    with frames.reading_from(installed.reader):
        trades = frames.trades()
    entries = installed.world.entries
    rows = np.flatnonzero(entries.kind == Kind.TRADE)
    truth = pd.DataFrame(
        {
            "address": [installed.world.traders[who].address for who in entries.trader[rows]],
            "tx_hash": [installed.world.tx_hash(int(tx)) for tx in entries.tx[rows]],
            "taker": entries.is_taker[rows],
        }
    ).drop_duplicates(["address", "tx_hash"], keep=False)
    judged = trades.assign(role=roles(trades)).drop_duplicates(["address", "tx_hash"], keep=False)
    both = judged.dropna(subset=["role"]).merge(truth, on=["address", "tx_hash"])
    assert len(both) > 0.5 * len(trades)
    assert ((both["role"] == "taker") == both["taker"]).mean() > 0.999


def test_the_best_records_belong_to_the_skilled(installed: Installed) -> None:
    with frames.reading_from(installed.reader):
        found = luck_test(frames.results())
    skilled = {trader.address for trader in installed.world.traders if trader.skill > 0}
    best = set(found.index[: len(skilled) // 2])
    assert len(best & skilled) / len(best) > 2 * len(skilled) / len(installed.world.traders)


def test_positions_of_a_past_day_are_what_was_held_then(installed: Installed) -> None:
    """Shares from the simulator's own entries, added up to the day, for wallets that only buy and sell."""
    entries = installed.world.entries
    day = int(np.quantile(entries.ts, 0.6))
    trader = entries.trader[entries.kind == Kind.TRADE]
    only_trades = set(trader) - set(entries.trader[entries.kind != Kind.TRADE])
    rows = np.flatnonzero((entries.ts <= day) & np.isin(entries.trader, sorted(only_trades)))
    truth = (
        pd.DataFrame(
            {
                "address": [installed.world.traders[who].address for who in entries.trader[rows]],
                "outcome": entries.outcome[rows],
                "shares": entries.size_micro[rows] * np.sign(entries.side[rows]) / 1e6,
            }
        )
        .groupby(["address", "outcome"])["shares"]
        .sum()
    )
    truth = truth[truth > 0]
    with frames.reading_from(installed.reader):
        held = frames.positions(
            address=sorted({address for address, _ in truth.index}),
            as_of=pd.Timestamp(day, unit="s", tz="UTC"),
        )
    assert len(truth) > 20
    assert held.groupby("address")["shares"].sum().round(6).to_dict() == (
        truth.groupby("address").sum().round(6).to_dict()
    )
