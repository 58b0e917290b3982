"""Golden numbers of scoring.md, section 6: skill, Benjamini-Hochberg, slots."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from smartmoney.metrics import measure
from smartmoney.scoring.score import combine
from smartmoney.scoring.skill import Prior, estimate, p_values, posterior, q_values
from smartmoney.scoring.tiers import tier_slots
from tests.kit.golden import golden_ledger


def test_skill_of_the_eight_events() -> None:
    m = measure(*golden_ledger())
    found = estimate(m.sum_surprise, m.sum_information)
    assert found.edge[0] == pytest.approx(0.2593, abs=5e-5)
    assert found.error[0] == pytest.approx(0.7766, abs=5e-5)
    assert found.z[0] == pytest.approx(0.3339, abs=5e-5)
    assert ndtr(-found.z[0]) == pytest.approx(0.3692, abs=5e-5)
    assert p_values(found.z, m.p_exact)[0] == pytest.approx(0.5172, abs=5e-5)
    after = posterior(m.sum_surprise, m.sum_information, Prior(-0.04, 0.12, 500))
    assert after.mean[0] == pytest.approx(-0.0330, abs=5e-5)
    assert after.deviation[0] == pytest.approx(0.1186, abs=5e-5)
    assert ndtr(after.mean[0] / after.deviation[0]) == pytest.approx(0.3903, abs=5e-5)
    assert after.skill_prob[0] == pytest.approx(0.2690, abs=5e-5)


def test_benjamini_hochberg() -> None:
    p = np.array([0.0004, 0.003, 0.012, 0.021, 0.04, 0.06, 0.2, 0.35, 0.6, 0.9])
    expected = [0.0040, 0.0150, 0.0400, 0.0525, 0.0800, 0.1000, 0.2857, 0.4375, 0.6667, 0.9000]
    assert q_values(p) == pytest.approx(expected, abs=5e-5)
    assert q_values(p[::-1])[::-1] == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("wallets", "counts"),
    [
        (7, (1, 0, 0, 1, 2, 3)),
        (50, (1, 0, 2, 7, 15, 25)),
        (100, (1, 0, 4, 15, 30, 50)),
        (500, (1, 4, 20, 75, 150, 250)),
        (1_000, (1, 9, 40, 150, 300, 500)),
        (20_000, (20, 180, 800, 3_000, 6_000, 10_000)),
    ],
)
def test_slots(wallets: int, counts: tuple[int, ...]) -> None:
    assert tuple(np.diff(tier_slots(wallets), prepend=0)) == counts


def test_the_golden_wallet_is_told_it_was_lucky() -> None:
    scores = combine([measure(*golden_ledger())], pd.DataFrame({"trader": [1], "address": ["0xa"]}))
    row = scores.frame.iloc[0]
    assert (row["tier"], row["needs_events"], row["flags"]) == ("D", 22, ())
    assert row["rarity_score"] == 50_000
