"""The proof of the lean finds a lean that knows something, does not find one that does not, and never looks ahead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smartmoney.market_stats import leans_then, prove
from smartmoney.market_stats.proof import Between, mean_of, walk_forward

DAY = 86_400


def world(slope: float, markets: int = 3_000, per_event: int = 1, seed: int = 1) -> pd.DataFrame:
    """Markets whose chance is the price moved by `slope` log-odds per unit of lean."""
    rng = np.random.default_rng(seed)
    price, lean = rng.uniform(0.1, 0.9, markets), rng.uniform(-1, 1, markets)
    chance = 1 / (1 + np.exp(-(np.log(price / (1 - price)) + slope * lean)))
    at = np.arange(markets) * DAY // 10
    return pd.DataFrame(
        {
            "event_id": np.arange(markets) // per_event,
            "at": at,
            "resolved_at": at + DAY,
            "price": price,
            "smart_lean": lean,
            "won": (rng.uniform(size=markets) < chance).astype(float),
        }
    )


def test_a_lean_that_knows_is_found_with_its_slope_and_its_gain() -> None:
    found = prove(world(1.0))
    assert "prices moved by it were better" in found.verdict
    assert found.slope.low < 1.0 < found.slope.high
    assert found.gain.low > 0 and found.brier_smart < found.brier_price
    assert found.fitted > 2_000
    first, last = found.calibration[0], found.calibration[-1]
    assert first["over_high"] < 0 < last["over_low"], (
        "less than the price where it leaned NO, more where it leaned YES"
    )
    assert sum(row["markets"] for row in found.calibration) == found.markets == 3_000


def test_a_lean_that_knows_nothing_is_not_believed() -> None:
    verdicts = [prove(world(0.0, markets=400, seed=seed)).verdict for seed in range(20)]
    assert sum(verdict.startswith("Not shown") for verdict in verdicts) >= 14
    assert not any("were better" in verdict for verdict in verdicts)


def test_a_lean_that_is_wrong_is_called_so() -> None:
    assert prove(world(-1.0)).verdict.startswith("The lean pointed the wrong way")


def test_markets_of_one_event_are_one_bet() -> None:
    apart, together = world(0.5, 600), world(0.5, 600)
    copied = together.iloc[np.repeat(np.arange(0, 600, 20), 20)].assign(
        event_id=np.arange(600) // 20
    )
    wide, narrow = prove(copied).slope, prove(apart).slope
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_too_few_give_no_verdict() -> None:
    assert prove(world(1.0, 20)).verdict.startswith("Too few markets")
    empty = prove(world(1.0, 20).assign(smart_lean=np.nan))
    assert (empty.markets, empty.brier_price, empty.gain) == (0, None, Between())


def test_a_slope_is_fitted_on_what_had_resolved_by_then() -> None:
    rows = world(1.0, 1_000)
    slopes = walk_forward(rows, 300)
    known = [(rows["resolved_at"] <= day).sum() for day in rows["at"] // DAY * DAY]
    assert [slope != 0 for slope in slopes] == [count >= 300 for count in known]
    later = rows["at"] > 60 * DAY
    planted = rows.assign(won=rows["won"].where(~later, 1 - rows["won"]))
    early = (rows["at"] <= 60 * DAY).to_numpy()
    assert (walk_forward(planted, 300)[early] == slopes[early]).all(), (
        "later resolutions change no earlier slope"
    )


def test_a_mean_has_its_interval_over_events() -> None:
    draws = np.array([[2.0, 0, 0], [0, 2, 0], [0, 0, 2.0]])
    found = mean_of(np.array([1.0, 2, 3]), np.array([0, 1, 2]), draws)
    assert found.mean == 2 and found.low < 1.2 and found.high > 2.8
    assert mean_of(np.zeros(0), np.zeros(0, int), draws) == Between()


def test_the_tier_is_the_one_known_at_the_time() -> None:
    exposure = pd.DataFrame(
        [(7, n, 500.0, 1_000) for n in range(4)], columns=["market_id", "trader_id", "x", "at"]
    )
    history = pd.DataFrame(
        [
            (n, as_of, tier, 0.9, flagged)
            for n in range(4)
            for as_of, tier, flagged in (
                (500, "S" if n < 3 else "E", False),
                (1_001, "E" if n < 3 else "S", True),
            )
        ],
        columns=["trader_id", "as_of", "tier", "skill_prob", "flagged"],
    )
    [row] = leans_then(exposure, history, ("S",)).to_dict("records")
    assert (row["smart_count"], row["smart_lean"]) == (3, pytest.approx(1.0))
    assert leans_then(exposure.assign(at=499), history, ("S",)).empty
    assert list(leans_then(exposure.assign(at=1_001), history, ("S",))["smart_count"]) == []
