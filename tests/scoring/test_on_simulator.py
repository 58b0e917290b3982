"""Worlds of known truth: every wallet's PnL to the micro-dollar, and a score that finds the skilled, or nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.validation import NONE, NOW, SKILLED, judged
from polymarket_sim.generate import generate
from smartmoney.ledger import run
from smartmoney.scoring.validation import Validation
from tests.kit.simulated import events_of, markets_of

SEEDS, NO_SKILL_SEEDS = (11, 12, 13, 14, 15), range(21, 26)
SKILLED_WORLDS = pytest.mark.xdist_group("skilled worlds")


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
            dict(
                zip(
                    book.state.accounts.names(),
                    book.state.accounts.values[i],
                    strict=True,
                )
            ),
        )
        assert book.traders.realized_micro[i] == truth.realized
        assert book.traders.open_cost_micro[i] == sum(truth.cost.values())
        assert account["cash_flow_micro"] == truth.cash and account["n_trades"] == truth.fills
        assert (
            account["reward_micro"] + account["rebate_micro"] + account["yield_micro"]
            == truth.income
        )
        mine = book.settlement.trader == trader
        held = dict(
            zip(
                book.settlement.outcome[mine].tolist(),
                book.settlement.open_shares_micro[mine].tolist(),
                strict=True,
            )
        )
        assert {o: s for o, s in held.items() if s} == {
            2 * m + o: s for (m, o), s in truth.shares.items()
        }


@pytest.fixture(scope="module")
def skilled_worlds() -> list[tuple[Validation, pd.DataFrame]]:
    """Worlds where 3 % are skilled, large enough that one seed's luck does not decide."""
    return [judged(seed, 0.03, SKILLED) for seed in SEEDS]


@SKILLED_WORLDS
def test_the_score_ranks_what_comes_next_better_than_every_baseline(
    skilled_worlds: list[tuple[Validation, pd.DataFrame]],
) -> None:
    """On four of five seeds; of 11 to 30 it does on 17, and the win rate is ahead on 11, 18 and 22.

    Why is not known: without fees, waking hours or merges some of these seeds are still lost.
    """
    won = 0
    for found, _ in skilled_worlds:
        ic = found.summary["IC Mean"].astype(float)
        assert 0.05 < ic["rarity_score"] < 0.40
        best = bool((ic.drop("rarity_score") < ic["rarity_score"]).all())
        assert found.validated == best and found.verdict.startswith(
            "Validated" if best else "Not validated"
        ), found.verdict
        won += best
    assert won >= len(skilled_worlds) - 1


@SKILLED_WORLDS
def test_half_of_the_top_hundredth_is_skilled(
    skilled_worlds: list[tuple[Validation, pd.DataFrame]],
) -> None:
    for _, frame in skilled_worlds:
        top = frame.nlargest(len(frame) // 100, "rarity_score")
        assert (top["skill"] > 0).mean() >= 0.5
        # the gates of S and A ask for nine chances in ten
        assert (frame.loc[frame["tier"].isin(["S", "A"]), "skill"] > 0).mean() >= 0.9


def test_a_world_without_skill_is_not_validated_and_awards_no_s() -> None:
    """benchmarks/validation.py does this, and the above, with as many seeds as asked for."""
    for seed in NO_SKILL_SEEDS:
        found, frame = judged(seed, 0.0, NONE)
        assert not found.validated and found.verdict.startswith("Not validated"), found.verdict
        assert not (frame["tier"] == "S").any()
