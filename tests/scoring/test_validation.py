"""The verdict: yes on a crowd with a few skilled traders, no on one without; its parts against plain computations."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from smartmoney.scoring.calibration import calibration_table
from smartmoney.scoring.panel import Panel, edges, month_ends, walk_forward
from smartmoney.scoring.ranking import (
    factor_quantiles,
    ic_summary,
    information_coefficient,
    newey_west_t,
    permuted_ic,
    rank_correlation,
    sampling_error,
)
from smartmoney.scoring.validation import decile_spread, reliability, transition_matrix, validate
from tests.kit.crowd import DAY, START, crowd
from tests.kit.ledgers import resolved_otherwise

CUTOFFS = [START + day * DAY for day in (120, 150, 180, 210, 240)]


def panel(seed: int, skilled_share: float) -> Panel:
    events, markets, wallets = crowd(seed, traders=250, bets=80, skilled_share=skilled_share)
    return walk_forward(events, markets, wallets, CUTOFFS)


@pytest.fixture(scope="module")
def skilled() -> Panel:
    return panel(1, 0.10)


def test_a_crowd_with_skill_is_validated(skilled: Panel) -> None:
    found = validate(skilled, permutations=200, bootstraps=200)
    assert found.validated and found.verdict.startswith("Validated: IC ")
    score, others = (
        found.summary["IC Mean"]["rarity_score"],
        found.summary["IC Mean"].drop("rarity_score"),
    )
    assert 0.05 < score < 0.5 and (others < score).all()
    assert found.spread["low"] is not None and found.spread["low"] > 0
    assert found.quantiles["mean"][10] > 3 * abs(found.quantiles["mean"][1:5].mean())
    assert found.permutation_share == 1.0


@pytest.mark.parametrize("seed", range(6))
def test_a_crowd_without_skill_is_not(seed: int) -> None:
    found = validate(panel(100 + seed, 0.0), permutations=100, bootstraps=100)
    assert not found.validated and found.verdict.startswith("Not validated on this database: ")


def test_the_same_seed_gives_the_same_tables(skilled: Panel) -> None:
    a, b = (validate(skilled, permutations=50, bootstraps=50, seed=3).to_dict() for _ in range(2))
    assert json.dumps(a) == json.dumps(b)
    assert "NaN" not in json.dumps(a) and "Infinity" not in json.dumps(a)


def test_scores_of_the_panel_know_nothing_of_what_follows(skilled: Panel) -> None:
    """Shuffling all payouts after the first cut-off leaves its scores alone."""
    events, markets, wallets = crowd(1, traders=250, bets=80, skilled_share=0.10)
    later = np.repeat(markets.resolved_at > CUTOFFS[0], 2)
    swapped = markets.payout_micro.reshape(-1, 2)[:, ::-1].ravel()
    other = resolved_otherwise(
        markets, np.where(later, swapped, markets.payout_micro), markets.resolved_at
    )
    again = walk_forward(events, other, wallets, CUTOFFS[:1])
    first = skilled.scores[skilled.scores["as_of"] == CUTOFFS[0]]
    names = ["trader", "rarity_score", "skill_prob", "tier"]
    pd.testing.assert_frame_equal(again.scores[names], first[names].reset_index(drop=True))
    assert (again.scores["target"].to_numpy() != first["target"].to_numpy()).any()


def fair_bets(seed: int, wallets: int = 6_000, each: int = 7) -> pd.DataFrame:
    """One-sided bets, each wallet at a price of its own."""
    rng = np.random.default_rng(seed)
    price = np.repeat(rng.uniform(0.05, 0.95, wallets), each)
    hit = (rng.random(len(price)) < price).astype(float)
    return pd.DataFrame(
        {
            "trader": np.repeat(np.arange(wallets), each),
            "surprise": hit - price,
            "information": price * (1 - price),
            "entry_price": price,
            "hit": hit,
        }
    )


def test_a_taste_for_prices_is_no_foresight() -> None:
    rows = fair_bets(9, wallets=20_000)
    taste = rows.groupby("trader")["entry_price"].mean().to_numpy()
    by_plain_mean = rank_correlation(taste, rows.groupby("trader")["surprise"].mean().to_numpy())
    by_edge = rank_correlation(taste, edges(rows))
    assert by_plain_mean is not None and by_plain_mean > 0.025
    assert by_edge is not None and abs(by_edge) < 0.015


def test_an_edge_is_the_plain_mean_where_bets_are_many_or_even() -> None:
    many = fair_bets(4, wallets=50, each=201)
    np.testing.assert_allclose(edges(many), many.groupby("trader")["surprise"].mean(), rtol=1e-9)
    hit = (np.random.default_rng(5).random(300 * 60) < 0.5).astype(float)
    even = fair_bets(5, wallets=300, each=60).assign(
        entry_price=0.5, information=0.25, hit=hit, surprise=hit - 0.5
    )
    np.testing.assert_allclose(edges(even), even.groupby("trader")["surprise"].mean(), atol=0.01)


def test_too_little_to_judge_is_not_validated() -> None:
    events, markets, wallets = crowd(1, traders=5, bets=10)
    found = validate(
        walk_forward(events, markets, wallets, CUTOFFS[:1]), permutations=10, bootstraps=10
    )
    assert found.verdict == "Not validated on this database: too few cut-offs with enough wallets."
    json.dumps(found.to_dict())


def test_no_cutoff_and_no_wallet_are_no_exception() -> None:
    events, markets, wallets = crowd(1, traders=3, bets=5)
    for panel_of_nothing in (
        walk_forward(events, markets, wallets, []),
        walk_forward(events.take(slice(0, 0)), markets, wallets, CUTOFFS[:2]),
        walk_forward(events, markets, wallets.iloc[:0], []),
    ):
        found = validate(panel_of_nothing, permutations=5, bootstraps=5)
        assert (
            found.verdict == "Not validated on this database: too few cut-offs with enough wallets."
        )
        assert "NaN" not in json.dumps(found.to_dict())


def test_month_ends_are_the_last_seconds_of_months() -> None:
    first, last = (
        int(pd.Timestamp(day, tz="UTC").timestamp()) for day in ("2026-01-15", "2026-04-02")
    )
    days = [str(pd.Timestamp(second, unit="s")) for second in month_ends(first, last)]
    assert days == ["2026-01-31 23:59:59", "2026-02-28 23:59:59", "2026-03-31 23:59:59"]


def test_rank_correlation_is_spearmans() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 5, 50).astype(float), rng.normal(size=50)
    assert rank_correlation(a, b) == pytest.approx(spearmanr(a, b).statistic)
    assert rank_correlation(a[:2], b[:2]) is None and rank_correlation(np.ones(9), b[:9]) is None


def test_newey_west_is_the_plain_t_without_lags_and_lower_for_what_persists() -> None:
    x = np.array([0.10, 0.12, 0.11, 0.02, 0.03, 0.01, 0.09, 0.10])
    plain = x.mean() / (x.std(ddof=1) / np.sqrt(len(x)))
    assert newey_west_t(x, 0) == pytest.approx(plain)
    assert 0 < (newey_west_t(x, 2) or 0) < plain
    e, n = x - x.mean(), len(x)
    by_hand = (
        (e**2).sum() + 2 * (2 / 3) * (e[1:] * e[:-1]).sum() + 2 * (1 / 3) * (e[2:] * e[:-2]).sum()
    )
    assert newey_west_t(x, 2) == pytest.approx(x.mean() / np.sqrt(by_hand / (n - 1) / n))
    assert newey_west_t(x[:2], 1) is None and newey_west_t(np.full(5, 0.1), 1) is None
    assert newey_west_t(x, 0, least_error=0.5) == pytest.approx(x.mean() / 0.5)


def small_panel() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "as_of": np.repeat([1, 2], 20),
            "trader": np.tile(np.arange(20), 2),
            "x": rng.normal(size=40),
            "target": rng.normal(size=40),
        }
    )


def test_ic_summary_has_the_names_of_alphalens() -> None:
    ic = information_coefficient(small_panel(), "x")
    assert ic.index.tolist() == [1, 2] and ic.name == "IC"
    assert list(ic_summary(ic, 0)) == [
        "IC Mean",
        "IC Std.",
        "Risk-Adjusted IC",
        "t-stat(IC)",
        "p-value(IC)",
        "IC Skew",
        "IC Kurtosis",
    ]
    assert all(value is None for value in ic_summary(ic[:0], 0).values())


def test_missing_factors_are_left_out() -> None:
    frame = small_panel()
    frame.loc[:4, "x"] = np.nan
    expected = spearmanr(frame["x"][5:20], frame["target"][5:20]).statistic
    assert information_coefficient(frame, "x")[1] == pytest.approx(expected)


def test_quantiles_are_even_within_each_cutoff() -> None:
    quantile = factor_quantiles(small_panel(), "x", 10)
    assert quantile.groupby(np.repeat([1, 2], 20)).value_counts().unique().tolist() == [2]


def test_shuffled_scores_keep_their_wallets_over_the_cutoffs() -> None:
    """Factor and target that persist for ever: the luck of one deal lasts, so two cut-offs are no better than one."""
    once = small_panel().query("as_of == 1")
    twice = pd.concat([once, once.assign(as_of=2)])
    assert permuted_ic(twice, "x", 300, 1).std() == pytest.approx(
        permuted_ic(once, "x", 300, 1).std(), rel=1e-9
    )
    assert sampling_error(once, 10) == pytest.approx(1 / np.sqrt(19))
    assert sampling_error(twice, 10) == pytest.approx(1 / np.sqrt(19 * 1.1))


def test_transitions_are_shares_of_the_row() -> None:
    tiers = pd.DataFrame(
        {"as_of": [1, 1, 1, 2, 2, 2], "trader": [1, 2, 3, 1, 2, 3], "tier": list("SABSBB")}
    )
    found = transition_matrix(tiers)
    assert found.loc["S", "S"] == 1.0 and found.loc["A", "B"] == 1.0 and found.loc["B", "B"] == 1.0
    assert found.loc["C"].isna().all()


def test_reliability_compares_what_was_said_with_what_came(skilled: Panel) -> None:
    table = reliability(skilled.scores)
    assert table["count"].sum() == len(skilled.scores)
    assert table["observed"].iloc[-1] > table["observed"].iloc[0]
    assert table["predicted"].between(0, 1).all()


def test_spread_needs_both_ends() -> None:
    events, markets, wallets = crowd(1, traders=1, bets=60)
    alone = walk_forward(events, markets, wallets, CUTOFFS[:1])
    quantile = factor_quantiles(alone.scores, "rarity_score", 10)
    assert decile_spread(alone, quantile, 20, 1) == {"mean": None, "low": None, "high": None}


def test_calibration_by_tenths_of_the_price() -> None:
    table = calibration_table(np.array([0.11, 0.19, 0.95, 1.0]), np.array([0.0, 1.0, 1.0, 1.0]))
    assert table.index.tolist() == [1, 9] and table["won"].tolist() == [0.5, 1.0]
    assert table["paid"].tolist() == pytest.approx([0.15, 0.975]) and table["events"].tolist() == [
        2,
        2,
    ]
