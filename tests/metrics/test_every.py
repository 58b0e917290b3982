"""The table of all traders equals the functions of one trader, on random histories of every market shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from smartmoney.ledger import Activity, Ledger, Markets, run
from smartmoney.metrics import FLAGS, event_surprises, measure, nothing_measured
from smartmoney.metrics.surprise import SCORED
from tests.kit.ledgers import events, resolutions, rows
from tests.kit.single_metrics import (
    calc_excess_hit,
    calc_hhi,
    calc_maker_share,
    calc_max_drawdown,
    calc_poisson_binomial_tail,
    calc_profit_factor,
    calc_roi,
    calc_stability,
    calc_top_share,
    calc_win_rate,
)

DAY = 86_400


def spread(of: list[dict[str, int]]) -> list[dict[str, int]]:
    """The same rows over a hundred days and in whole dollars, so that curves and windows have something to show."""
    return [
        row
        | {
            "ts": row["ts"] + (row["ts"] - 1_700_000_000) * 2 * DAY,
            "size_micro": row["size_micro"] * 1_000_000,
            "cash_micro": row["cash_micro"] * 1_000_000,
        }
        for row in of
    ]


def same(found: float, expected: float | None) -> None:
    assert (
        np.isnan(found)
        if expected is None
        else found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    )


def one_by_one(book: Ledger, markets: Markets, trader: int) -> dict[str, float | None]:
    mine = book.events.trader == trader
    decided = book.events.take(mine & book.events.decided)
    pnl = decided.pnl_micro
    found = event_surprises(book, markets)
    counted = mine & (found.status == SCORED)
    skill, when = found.take(counted), book.events.decided_at[counted] // DAY
    days = book.days.take(book.days.trader == trader)
    last = book.traders.unrealized_micro[book.traders.trader == trader]
    gains = np.concatenate([days["realized_micro"], last[last != 0]])
    tied = np.cumsum(days["invested_micro"] - days["released_micro"])
    capital = np.concatenate([[0], tied])[:-1][: len(days)] + days["invested_micro"]
    account = {
        name: book.state.accounts[name][book.state.accounts.trader == trader][0]
        for name in ("maker_fills", "taker_fills")
    }
    return {
        "win_rate": calc_win_rate(pnl)[0],
        "decided_events": calc_win_rate(pnl)[1],
        "profit_factor": calc_profit_factor(pnl),
        "roi": calc_roi(int(pnl.sum()), int(decided.invested_micro.sum())),
        "hhi": calc_hhi(pnl),
        "top_share": calc_top_share(pnl),
        "excess_hit": calc_excess_hit(skill.hit, skill.entry_price),
        "max_drawdown": calc_max_drawdown(gains, capital)[0] if len(days) else 0.0,
        "max_drawdown_micro": calc_max_drawdown(gains, capital)[1] if len(days) else 0,
        "stability": calc_stability(when, skill.surprise)[0],
        "stability_lower": calc_stability(when, skill.surprise)[1],
        "maker_share": calc_maker_share(account["maker_fills"], account["taker_fills"]),
        "p_exact": calc_poisson_binomial_tail(skill.entry_price, int(skill.hit.sum()))
        if len(skill)
        else None,
        "sum_surprise": float(skill.surprise.sum()),
        "sum_information": float(skill.information.sum()),
        "sum_weight": float((skill.information * skill.payoff_range).sum()),
        "skill_events": len(skill),
    }


@given(resolutions(), rows(most=40))
@settings(max_examples=150, deadline=None)
def test_all_at_once_equals_one_by_one(markets: Markets, of: list[dict[str, int]]) -> None:
    given = events(spread(of))
    given = Activity.of(**given.arrays() | {"maker": np.arange(len(given)) % 3 - 1})
    book = run(given, markets, marks_micro=np.full(12, 400_000))
    table = measure(book, markets)
    for i, trader in enumerate(table.trader.tolist()):
        for name, expected in one_by_one(book, markets, trader).items():
            same(getattr(table, name)[i], expected)


@given(resolutions(), rows(most=40))
@settings(max_examples=100, deadline=None)
def test_surprises_stay_in_their_bounds(markets: Markets, of: list[dict[str, int]]) -> None:
    book = run(events(spread(of)), markets)
    found = event_surprises(book, markets)
    counted = found.take(found.status == SCORED)
    assert (np.abs(counted.surprise) <= 1 + 1e-9).all()
    assert ((counted.information > 0) & (counted.information <= 0.25 + 1e-9)).all()
    assert ((counted.entry_price >= 0) & (counted.entry_price <= 1)).all()
    assert (counted.payoff_range >= 1).all()
    for array in found.arrays().values():
        assert np.isfinite(array).all()


def test_a_trader_without_rows_has_counts_and_no_numbers() -> None:
    row = {
        name: array[0] for name, array in nothing_measured(np.array([5], np.int32)).arrays().items()
    }
    assert (row["trader"], row["trade_count"], row["last_trade_ts"], row["flags"]) == (5, 0, -1, 0)
    assert (row["max_drawdown"], row["sum_surprise"]) == (0.0, 0.0)
    assert all(
        np.isnan(row[name])
        for name in ("win_rate", "profit_factor", "roi", "hhi", "stability", "p_exact")
    )


def test_flags_have_the_names_of_the_specification() -> None:
    assert FLAGS == ("MM", "BOT", "WASH", "FARM", "ONE_EVENT", "HEDGER", "PARTIAL")
