"""Our formulas say the same with the future taken away; one that looks ahead is found, by column, wallet and moment."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from smartmoney.errors import ParameterError
from smartmoney.ledger import Activity, Markets, run
from smartmoney.proof.lookahead import OURS, cutoffs_of, differing, formula_of, leaks, until
from smartmoney.proof.stored import Stored
from smartmoney.scoring.panel import HORIZON_DAYS, next_events
from smartmoney.scoring.score import score_traders
from smartmoney.units import DAY_SECONDS
from tests.kit.crowd import crowd


@pytest.fixture(scope="module")
def stored() -> Stored:
    return Stored(*crowd(5, traders=60, bets=40, skilled_share=0.2))


def test_our_score_does_not_look_ahead(stored: Stored) -> None:
    cutoffs = cutoffs_of(stored.activity, 3)
    assert leaks(formula_of(OURS), stored, cutoffs) == []
    at = score_traders(stored.activity, stored.markets, stored.wallets, as_of=cutoffs[-1])
    assert at["rarity_score"].notna().sum() > 50, "there was something to compare"


def test_what_our_validation_takes_for_the_future_ends_at_its_horizon(stored: Stored) -> None:
    """The target of the walk forward knows nothing from beyond the horizon."""

    def targets(activity: Activity, markets: Markets, wallets: pd.DataFrame, as_of: int) -> Any:
        start = as_of - HORIZON_DAYS * DAY_SECONDS
        return next_events(activity, markets, start).groupby("trader", as_index=False).sum()

    assert leaks(targets, stored, cutoffs_of(stored.activity, 3)) == []


def planted(
    activity: Activity, markets: Markets, wallets: pd.DataFrame, as_of: int
) -> pd.DataFrame:
    """A score that settles with payouts of today: rows are cut, resolutions are not."""
    return score_traders(activity.take(activity.ts <= as_of), markets, wallets, as_of=None)


def whole_population(
    activity: Activity, markets: Markets, wallets: pd.DataFrame, as_of: int
) -> pd.DataFrame:
    """A subtler one: honest numbers, set against a mean of all of history."""
    honest = score_traders(activity, markets, wallets, as_of=as_of)[["trader", "trade_count"]]
    mean = run(activity, markets).state.accounts["n_trades"].mean()
    return honest.assign(above=honest["trade_count"] - mean)


def test_a_planted_leak_is_found(stored: Stored) -> None:
    cutoffs = cutoffs_of(stored.activity, 3)
    found = leaks(planted, stored, cutoffs)
    assert {"rarity_score", "skill_edge", "realized_pnl_micro"} <= {leak.column for leak in found}
    assert {leak.as_of for leak in found} <= set(cutoffs)
    assert all(leak.wallets > 0 and "wallet" in leak.example for leak in found)


def test_a_leak_through_the_population_is_found(stored: Stored) -> None:
    found = leaks(whole_population, stored, cutoffs_of(stored.activity, 1))
    assert [(leak.column, leak.wallets) for leak in found] == [("above", 60)]


def test_what_resolves_later_is_not_resolved_then(stored: Stored) -> None:
    [as_of] = cutoffs_of(stored.activity, 1)
    activity, markets = until(stored.activity, stored.markets, as_of)
    assert activity.ts.max() <= as_of < stored.activity.ts.max()
    assert markets.resolved_at.max() <= as_of < stored.markets.resolved_at.max()
    open_ones = (markets.resolved_at < 0)[markets.outcome_market]
    assert (markets.payout_micro[open_ones] == -1).all() and not open_ones.all()


def test_missing_is_the_same_as_missing_and_as_nothing_else() -> None:
    a = pd.DataFrame({"trader": [1, 2], "x": pd.array([None, 1.0], "Float64"), "y": [("A",), ()]})
    b = a.assign(x=pd.array([0.0, 1.0], "Float64"))
    assert differing(a, a.copy(), 0) == []
    assert [(leak.column, leak.wallets) for leak in differing(a, b, 0)] == [("x", 1)]
    assert [leak.column for leak in differing(a, a.iloc[:1], 0)] == ["trader"]
    assert [leak.column for leak in differing(a, a.drop(columns="y"), 0)] == ["y"]


def test_a_formula_that_is_not_there_is_a_sentence() -> None:
    for name in ("nowhere:f", "smartmoney.scoring.score:nothing", "", "smartmoney.scoring.score"):
        with pytest.raises(ParameterError, match="MODULE:FUNCTION"):
            formula_of(name)


def test_a_formula_of_ones_own_is_named_by_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    own = ModuleType("own_formula")
    own.planted = planted  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "own_formula", own)
    assert formula_of("own_formula:planted") is planted


def test_moments_lie_between_the_first_row_and_the_last(stored: Stored) -> None:
    found = np.array(cutoffs_of(stored.activity, 5))
    assert (np.diff(found) > 0).all()
    assert stored.activity.ts.min() < found[0] and found[-1] < stored.activity.ts.max()
    assert cutoffs_of(Activity.empty(), 5) == []
