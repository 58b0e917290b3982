"""Golden numbers of scoring.md, section 6, through the ledger and through the functions of one trader."""

from __future__ import annotations

import numpy as np
import pytest

from smartmoney.metrics import event_surprises, measure
from tests.kit.golden import BETS, golden_ledger
from tests.kit.single_metrics import (
    calc_hhi,
    calc_max_drawdown,
    calc_poisson_binomial_tail,
    calc_profit_factor,
    calc_roi,
    calc_top_share,
    calc_win_rate,
)

PNL = np.array([300, 190, -60, -110, 210, 40, -100, -50]) * 1_000_000


def test_one_trader() -> None:
    book, _ = golden_ledger()
    assert (np.abs(book.events.pnl_micro - PNL) <= 1).all()
    assert calc_win_rate(PNL) == (0.5, 8)
    assert calc_profit_factor(PNL) == 2.3125
    assert calc_roi(int(PNL.sum()), 1_080_000_000) == pytest.approx(0.3889, abs=5e-5)
    assert calc_hhi(PNL) == pytest.approx(0.17800, abs=5e-6)
    assert calc_top_share(PNL) == pytest.approx(0.2830, abs=5e-5)
    fraction, fall = calc_max_drawdown(PNL, np.array([bet[2] for bet in BETS]) * 1_000_000)
    assert (fall, fraction) == (170_000_000, pytest.approx(170 / 310))
    assert calc_poisson_binomial_tail(np.array([bet[0] for bet in BETS]), 4) == pytest.approx(
        0.5172, abs=5e-5
    )


def test_all_traders_at_once() -> None:
    book, markets = golden_ledger()
    row = {name: array[0] for name, array in measure(book, markets).arrays().items()}
    assert row["realized_micro"] == pytest.approx(420_000_000, abs=8)
    assert row["roi"] == pytest.approx(0.3889, abs=5e-5)
    assert (row["won_events"], row["decided_events"], row["win_rate"]) == (4, 8, 0.5)
    assert row["profit_factor"] == pytest.approx(2.3125, abs=1e-6)
    assert row["max_drawdown_micro"] == pytest.approx(170_000_000, abs=8)
    assert row["hhi"] == pytest.approx(0.17800, abs=5e-6)
    assert row["top_share"] == pytest.approx(0.2830, abs=5e-5)
    assert row["sum_surprise"] == pytest.approx(0.4300, abs=5e-5)
    assert row["sum_information"] == pytest.approx(1.6581, abs=5e-5)
    assert row["p_exact"] == pytest.approx(0.5172, abs=5e-5)
    assert (row["skill_events"], row["skill_hits"], row["trade_count"], row["event_count"]) == (
        8,
        4,
        8,
        8,
    )


def test_a_one_sided_bet_gives_result_minus_price() -> None:
    book, markets = golden_ledger()
    found = event_surprises(book, markets)
    price, won, _ = (np.array(column) for column in zip(*BETS, strict=True))
    assert found.surprise == pytest.approx(won - price, abs=1e-6)
    assert found.information == pytest.approx(price * (1 - price), abs=1e-6)
    assert found.entry_price == pytest.approx(price, abs=1e-6)
    assert (found.hit == won).all()
