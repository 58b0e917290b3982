"""Worlds of known truth: every wallet's PnL to the micro-dollar, and a score that finds the skilled, or nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smartmoney.ledger import run
from smartmoney.scoring import Validation, month_ends, score_traders, validate, walk_forward
from smartmoney.scoring.panel import BASELINES, DAY_SECONDS
from smartmoney.simulator.generate import generate
from tests.scoring.simulated import events_of, markets_of, wallets_of

NOW = 1_790_000_000
SEEDS = (1, 2, 3, 4, 5)


@pytest.mark.parametrize(("seed", "days"), [(1, 180), (2, 60), (3, 400)])
def test_every_wallet_equals_its_truth(seed: int, days: int) -> None:
    world = generate(seed=seed, traders=300, markets=250, trades=30_000, days=days, now=NOW)
    events = events_of(world)
    assert len(np.unique(events.kind)) >= 9
    book = run(events, markets_of(world))
    assert not book.state.accounts.partial.any() and not book.state.accounts.conflicted.any()
    for i, trader in enumerate(book.traders.trader.tolist()):
        truth, account = (
            world.truth(trader),
            dict(zip(book.state.accounts.NAMES, book.state.accounts.values[i], strict=True)),
        )
        assert book.traders.realized_micro[i] == truth.realized
        assert book.traders.open_cost_micro[i] == sum(truth.cost.values())
        assert account["cash_flow_micro"] == truth.cash and account["n_trades"] == truth.fills
        assert account["reward_micro"] + account["rebate_micro"] + account["yield_micro"] == truth.income
        mine = book.settlement.trader == trader
        held = dict(
            zip(book.settlement.outcome[mine].tolist(), book.settlement.open_shares_micro[mine].tolist(), strict=True)
        )
        assert {o: s for o, s in held.items() if s} == {2 * m + o: s for (m, o), s in truth.shares.items()}


def judged(
    seed: int, skilled_share: float, traders: int, markets: int, trades: int, days: int
) -> tuple[Validation, pd.DataFrame]:
    """(validation over month-ends, final scores with the truth about each wallet)."""
    world = generate(seed, traders, markets, trades, days, skilled_share, now=NOW)
    events, known, wallets = events_of(world), markets_of(world), wallets_of(world)
    first, last = int(events.ts.min()), int(events.ts.max())
    cutoffs = month_ends(first + 90 * DAY_SECONDS, last - 45 * DAY_SECONDS)
    found = validate(walk_forward(events, known, wallets, cutoffs), permutations=100, bootstraps=100)
    frame = score_traders(events, known, wallets).merge(wallets[["trader", "kind", "skill"]], on="trader")
    return found, frame


@pytest.fixture(scope="module")
def skilled_worlds() -> list[tuple[Validation, pd.DataFrame]]:
    """Five seeds of 3 % skilled traders, large enough that one seed's luck does not decide."""
    return [judged(seed, 0.03, traders=2_000, markets=700, trades=250_000, days=365) for seed in SEEDS]


@pytest.mark.slow
def test_the_score_ranks_what_comes_next_better_than_the_baselines(
    skilled_worlds: list[tuple[Validation, pd.DataFrame]],
) -> None:
    table = pd.DataFrame(
        {seed: found.summary["IC Mean"] for seed, (found, _) in zip(SEEDS, skilled_worlds, strict=True)}
    ).T
    print(table.astype(float).round(3).to_string())
    mean = table.mean()
    assert (mean.drop("rarity_score") < mean["rarity_score"]).all()
    assert 0.05 < mean["rarity_score"] < 0.40
    for name in (*BASELINES, "random_within_events"):
        assert (table["rarity_score"] > table[name]).sum() >= 4, name
    assert sum(found.validated for found, _ in skilled_worlds) >= 4


@pytest.mark.slow
def test_half_of_the_top_hundredth_is_skilled(skilled_worlds: list[tuple[Validation, pd.DataFrame]]) -> None:
    for _, frame in skilled_worlds:
        top = frame.nlargest(len(frame) // 100, "rarity_score")
        assert (top["skill"] > 0).mean() >= 0.5
        assert (frame.loc[frame["tier"].isin(["S", "A"]), "skill"] > 0).all()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_world_without_skill_is_not_validated_and_awards_no_s() -> None:
    fooled = 0
    for seed in range(1, 21):
        found, frame = judged(seed, 0.0, traders=1_000, markets=400, trades=80_000, days=300)
        fooled += found.validated or (frame["tier"] == "S").any()
    assert fooled <= 1
