"""What the analyses infer, against what the simulator knows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from polymarket_sim.model import Kind
from polymarket_sim.truth import truth_of
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
    """Of every wallet, in the markets that have not resolved since, to the millionth of a share."""
    world = installed.world
    day = int(np.quantile(world.entries.ts, 0.8))
    truth = {}
    for number, trader in enumerate(world.traders):
        rows = world.by_trader.rows(number)
        for (market, outcome), size in truth_of(
            world, rows[world.entries.ts[rows] <= day]
        ).shares.items():
            truth[trader.address, world.markets[market].condition_id, outcome] = size
    open_markets = {market.condition_id for market in world.markets if market.payouts is None}
    known = sorted({address for address, *_ in truth})
    with frames.reading_from(installed.reader):
        found = frames.positions(address=known, as_of=pd.Timestamp(day, unit="s", tz="UTC"))
    found = found[found["condition_id"].isin(open_markets)]
    shares = (found["shares"] * 1e6).round().astype(int)
    keys = zip(found["address"], found["condition_id"], found["outcome_index"], strict=True)
    assert len(truth) > 30
    assert dict(zip(keys, shares, strict=True)) == truth
