"""Every metric of every trader at once: one table per partition of traders."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from smartmoney.ledger import CRYPTO_SHORT, Ledger, Markets
from smartmoney.ledger.columns import BoolArray, Columns, FloatArray, IntArray
from smartmoney.ledger.sums import Sums
from smartmoney.metrics import loops
from smartmoney.metrics.flags import flag_bits
from smartmoney.metrics.surprise import SCORED, Surprises, event_surprises
from smartmoney.metrics.thresholds import (
    DECIDED_MICRO,
    EXACT_BINOMIAL_EVENTS,
    JEFFREYS_LEVEL,
    STABILITY_STEP_DAYS,
    STABILITY_WINDOW_DAYS,
)
from smartmoney.units import DAY_SECONDS

NO_CATEGORY = -1


@dataclass(frozen=True)
class Measures(Columns):
    """One row per trader of the ledger, ascending. Money in micro-dollars; a float that does not exist is
    nan.

    Attributes:
        trader: int32.
        trade_count, event_count, n_open, n_unmarked: int64 counts; fills, events entered, open positions,
            open positions without a mark.
        last_trade_ts: int64 Unix seconds, -1 when there is no fill.
        realized_micro, unrealized_micro, invested_micro, volume_micro, fee_micro, income_micro: int64.
        decided_events, won_events: int64.
        win_rate, profit_factor, roi, hhi, top_share: float64, over decided events.
        max_drawdown: float64, fraction of the peak capital employed; max_drawdown_micro: int64.
        stability, stability_lower, excess_hit, maker_share: float64.
        flags: int64 bits (`flag_names`).
        best_category: int16 row of `Markets.categories`, -1 when none made money.
        short_crypto_events: int64 decided, short_crypto_micro: int64 their PnL.
        skill_events, skill_hits: int64, events that count for skill, and those hit.
        sum_surprise, sum_information, sum_weight: float64, of u, v and R v over them.
        p_exact: float64, Poisson-binomial P(at least skill_hits); nan above 200 events or without any.
    """

    trader: IntArray
    trade_count: IntArray
    event_count: IntArray
    n_open: IntArray
    n_unmarked: IntArray
    last_trade_ts: IntArray
    realized_micro: IntArray
    unrealized_micro: IntArray
    invested_micro: IntArray
    volume_micro: IntArray
    fee_micro: IntArray
    income_micro: IntArray
    decided_events: IntArray
    won_events: IntArray
    win_rate: FloatArray
    profit_factor: FloatArray
    roi: FloatArray
    hhi: FloatArray
    top_share: FloatArray
    max_drawdown: FloatArray
    max_drawdown_micro: IntArray
    stability: FloatArray
    stability_lower: FloatArray
    excess_hit: FloatArray
    maker_share: FloatArray
    flags: IntArray
    best_category: IntArray
    short_crypto_events: IntArray
    short_crypto_micro: IntArray
    skill_events: IntArray
    skill_hits: IntArray
    sum_surprise: FloatArray
    sum_information: FloatArray
    sum_weight: FloatArray
    p_exact: FloatArray


def nothing_measured(trader: IntArray) -> Measures:
    """Measures of traders without a single row: counts and sums of zero, and no number that needs data."""
    made: dict[str, NDArray[Any]] = {}
    for item in fields(Measures):
        real = item.type == "FloatArray"
        made[item.name] = np.full(len(trader), np.nan) if real else np.zeros(len(trader), np.int64)
    for name in ("sum_surprise", "sum_information", "sum_weight", "max_drawdown"):
        made[name] = np.zeros(len(trader))
    made["last_trade_ts"] -= 1
    return Measures(
        **made | {"trader": trader, "best_category": np.full(len(trader), NO_CATEGORY, np.int16)}
    )


def measure(
    ledger: Ledger,
    markets: Markets,
    *,
    excluded: tuple[str, ...] = (CRYPTO_SHORT,),
    surprises: Surprises | None = None,
) -> Measures:
    """All metrics of all traders of a closed book.

    Args:
        ledger: the closed book.
        markets: the same that closed it.
        excluded: categories whose events do not count for skill.
        surprises: `event_surprises(ledger, markets)` where the caller has it already.
    """
    found = event_surprises(ledger, markets) if surprises is None else surprises
    account, total = ledger.state.accounts, ledger.traders
    by_event = _by_event(ledger, markets)
    columns: dict[str, NDArray[Any]] = {
        "trader": account.trader,
        "trade_count": account["n_trades"],
        "n_open": total.n_open,
        "n_unmarked": total.n_unmarked,
        "last_trade_ts": account["last_trade_ts"],
        "realized_micro": total.realized_micro,
        "unrealized_micro": total.unrealized_micro,
        "invested_micro": total.invested_micro,
        "volume_micro": account["volume_micro"],
        "fee_micro": account["fee_micro"],
        "income_micro": account["reward_micro"] + account["rebate_micro"] + account["yield_micro"],
        "maker_share": _ratio(
            account["maker_fills"], account["maker_fills"] + account["taker_fills"]
        ),
        "flags": flag_bits(
            ledger,
            markets,
            found,
            by_event["top_share"],
            by_event["decided_events"],
            total.realized_micro,
        ),
    }
    return Measures(
        **columns | by_event | _drawdown(ledger) | _skill(ledger, markets, found, excluded)
    )


def _ratio(part: IntArray | FloatArray, whole: IntArray | FloatArray) -> FloatArray:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


def _by_event(ledger: Ledger, markets: Markets) -> dict[str, NDArray[Any]]:
    """Metrics over the PnL of decided events."""
    traders, events = ledger.state.accounts.trader, ledger.events
    decided = events.take(events.decided)
    sums, pnl = Sums(traders, decided.trader), decided.pnl_micro
    size = np.abs(pnl).astype(np.float64)
    net, gross = sums.of(pnl), sums.of(size)
    won, lost = sums.of(pnl > DECIDED_MICRO), sums.of(pnl < -DECIDED_MICRO)
    short = np.array([name == CRYPTO_SHORT for name in markets.categories])[decided.category]
    share = size / np.where(gross[sums.row] > 0, gross[sums.row], 1)
    return {
        "event_count": Sums(traders, events.trader).counts,
        "decided_events": won + lost,
        "won_events": won,
        "win_rate": _ratio(won, won + lost),
        "profit_factor": _ratio(
            sums.of(np.where(pnl > 0, pnl, 0)), sums.of(np.where(pnl < 0, -pnl, 0))
        ),
        "roi": _ratio(net, sums.of(decided.invested_micro)),
        "hhi": np.where(gross > 0, sums.of(share**2), np.nan),
        "top_share": _ratio(sums.largest(size), gross),
        "best_category": _best_category(sums, decided.category, pnl, len(markets.categories)),
        "short_crypto_events": sums.of(short),
        "short_crypto_micro": sums.of(np.where(short, pnl, 0)),
    }


def _best_category(sums: Sums, category: IntArray, pnl: IntArray, categories: int) -> IntArray:
    table = np.zeros((sums.size, categories), np.int64)
    np.add.at(table, (sums.row, category), pnl)
    best = table.argmax(axis=1)
    made = table[np.arange(sums.size), best] if sums.size else np.zeros(0)
    return np.where(made > 0, best, NO_CATEGORY).astype(np.int16)


def _drawdown(ledger: Ledger) -> dict[str, NDArray[Any]]:
    days = ledger.days
    bounds = Sums(ledger.state.accounts.trader, days.trader).bounds
    capital = loops.capital_employed(bounds, days["invested_micro"], days["released_micro"])
    found = loops.drawdowns(
        bounds, days["realized_micro"], capital, ledger.traders.unrealized_micro
    )
    fraction = np.where(found[:, 0] == 0, 0.0, _ratio(found[:, 0], found[:, 1]))
    return {"max_drawdown": fraction, "max_drawdown_micro": found[:, 0]}


def _skill(
    ledger: Ledger, markets: Markets, found: Surprises, excluded: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    """Sufficient statistics of skill over the events that count."""
    out = np.array([name in excluded for name in markets.categories])
    counts = (found.status == SCORED) & ~out[ledger.events.category]
    events, found = ledger.events.take(counts), found.take(counts)
    sums = Sums(ledger.state.accounts.trader, events.trader)
    n, hits = sums.counts, sums.of(found.hit)
    stability, lower = _stability(sums, events.decided_at // DAY_SECONDS, found.surprise)
    wins = hits.astype(np.int64)
    return {
        "skill_events": n,
        "skill_hits": wins,
        "sum_surprise": sums.of(found.surprise),
        "sum_information": sums.of(found.information),
        "sum_weight": sums.of(found.payoff_range * found.information),
        "excess_hit": _ratio(sums.of(found.hit - found.entry_price), n),
        "stability": stability,
        "stability_lower": lower,
        "p_exact": loops.poisson_binomial_tails(
            sums.bounds, found.entry_price, wins, EXACT_BINOMIAL_EVENTS
        ),
    }


def _stability(sums: Sums, day: IntArray, surprise: FloatArray) -> tuple[FloatArray, FloatArray]:
    order = np.lexsort((day, sums.row))
    bounds = sums.bounds
    windows = loops.positive_windows(
        bounds, day[order], surprise[order], STABILITY_WINDOW_DAYS, STABILITY_STEP_DAYS
    )
    share = _ratio(windows[:, 0], windows[:, 1])
    known: BoolArray = windows[:, 1] > 0
    n = windows[:, 1] * STABILITY_STEP_DAYS / STABILITY_WINDOW_DAYS
    good = np.where(known, share, 0.5) * n
    lower = betaincinv(good + 0.5, n - good + 0.5, JEFFREYS_LEVEL)
    return share, np.where(known, lower, np.nan)
