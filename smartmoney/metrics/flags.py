"""Flags: what keeps a wallet out of the reference population and of the smart set."""

from __future__ import annotations

import numpy as np

from smartmoney.ledger import MICRO, Ledger
from smartmoney.ledger.columns import BoolArray, FloatArray, IntArray
from smartmoney.metrics.sums import Sums
from smartmoney.metrics.surprise import HEDGED, SCORED, Surprises
from smartmoney.metrics.thresholds import FLAG_THRESHOLDS, FLAGS, FlagThresholds


def flag_bits(
    ledger: Ledger, surprises: Surprises, top_share: FloatArray, pnl_micro: IntArray,
    thresholds: FlagThresholds = FLAG_THRESHOLDS,
) -> IntArray:
    """int64 per trader: bit k is set when the wallet deserves `FLAGS[k]`.

    Args:
        ledger: the closed book.
        surprises: one row per event of the book.
        top_share: float64 per trader, nan where it does not exist.
        pnl_micro: int64 per trader, realized PnL.
    """
    found = {
        "MM": _market_makers(ledger, thresholds),
        "BOT": _bots(ledger, thresholds),
        "WASH": _washers(ledger, thresholds),
        "FARM": _farmers(ledger, pnl_micro, thresholds),
        "ONE_EVENT": np.nan_to_num(top_share, nan=0.0) >= thresholds.one_event_share,
        "HEDGER": _hedgers(ledger, surprises, thresholds),
        "PARTIAL": ledger.state.accounts.partial | ledger.state.accounts.conflicted,
    }
    return sum((found[name].astype(np.int64) << k for k, name in enumerate(FLAGS)), np.zeros(1, np.int64))


def flag_names(bits: int) -> tuple[str, ...]:
    """The flags of one wallet, in the order of `FLAGS`."""
    return tuple(name for k, name in enumerate(FLAGS) if bits >> k & 1)


def _market_makers(ledger: Ledger, t: FlagThresholds) -> BoolArray:
    account, positions = ledger.state.accounts, ledger.state.positions
    sums = Sums(account.trader, positions.trader)
    known = account["maker_fills"] + account["taker_fills"]
    both = (positions["bought_shares_micro"] > 0) & (positions["sold_shares_micro"] > 0)
    two_sided = sums.of(both.astype(np.int64)) / np.maximum(sums.of(np.ones(len(positions), np.int64)), 1)
    share = account["maker_fills"] / np.maximum(known, 1)
    return (known >= t.mm_fills) & (share >= t.mm_maker_share) & (two_sided >= t.mm_two_sided_share)


def _bots(ledger: Ledger, t: FlagThresholds) -> BoolArray:
    account, days = ledger.state.accounts, ledger.state.days
    active = Sums(account.trader, days.trader).of((days["n_trades"] > 0).astype(np.int64))
    fills = account["n_trades"]
    hours = np.bitwise_count(account["hours"])
    busy = (fills / np.maximum(active, 1) >= t.bot_fills_per_day) | (hours >= t.bot_hours)
    return (fills >= t.bot_fills) & busy


def _washers(ledger: Ledger, t: FlagThresholds) -> BoolArray:
    account, held = ledger.state.accounts, ledger.state.positions
    shares = np.minimum(held["bought_shares_micro"], held["sold_shares_micro"])
    paid = held["bought_cost_micro"] / np.maximum(held["bought_shares_micro"], 1)
    got = held["sold_cash_micro"] / np.maximum(held["sold_shares_micro"], 1)
    turned = np.where(np.abs(paid - got) <= t.wash_price_gap, shares * (paid + got), 0.0)
    volume = account["volume_micro"]
    share = Sums(account.trader, held.trader).of(turned) / np.maximum(volume, 1)
    return (volume >= t.wash_volume * MICRO) & (share >= t.wash_share)


def _farmers(ledger: Ledger, pnl_micro: IntArray, t: FlagThresholds) -> BoolArray:
    account, held = ledger.state.accounts, ledger.state.positions
    income = account["reward_micro"] + account["rebate_micro"] + account["yield_micro"]
    fed = (income >= t.farm_income * MICRO) & (income >= t.farm_income_to_pnl * np.abs(pnl_micro))
    sums = Sums(account.trader, held.trader)
    sure = held["bought_cost_micro"] >= t.farm_price * held["bought_shares_micro"]
    swept = sums.of(np.where(sure, held["bought_cost_micro"], 0)) / np.maximum(sums.of(held["bought_cost_micro"]), 1)
    bought = sums.of((held["bought_shares_micro"] > 0).astype(np.int64))
    return fed | ((bought >= t.farm_positions) & (swept >= t.farm_share))


def _hedgers(ledger: Ledger, surprises: Surprises, t: FlagThresholds) -> BoolArray:
    sums = Sums(ledger.state.accounts.trader, ledger.events.trader)
    hedged = sums.of((surprises.status == HEDGED).astype(np.int64))
    bets = hedged + sums.of((surprises.status == SCORED).astype(np.int64))
    return (bets >= t.hedger_events) & (hedged / np.maximum(bets, 1) >= t.hedger_share)
