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
    trades = frames.trades(store=installed.reader)
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
    found = luck_test(frames.results(store=installed.reader))
    skilled = {trader.address for trader in installed.world.traders if trader.skill > 0}
    best = set(found.index[: len(skilled) // 2])
    assert len(best & skilled) / len(best) > 2 * len(skilled) / len(installed.world.traders)
