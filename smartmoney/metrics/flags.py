"""Flags: what keeps a wallet out of the reference population and of the smart set."""

from __future__ import annotations

import numpy as np

from smartmoney.ledger import Ledger, Markets
from smartmoney.ledger.columns import BoolArray, FloatArray, IntArray
from smartmoney.ledger.sums import Sums
from smartmoney.metrics.surprise import HEDGED, SCORED, Surprises
from smartmoney.metrics.thresholds import FLAG_THRESHOLDS, FLAGS, FlagThresholds
from smartmoney.units import MICRO


def flag_bits(
    ledger: Ledger,
    markets: Markets,
    surprises: Surprises,
    top_share: FloatArray,
    decided: IntArray,
    pnl_micro: IntArray,
    thresholds: FlagThresholds = FLAG_THRESHOLDS,
) -> IntArray:
    """int64 per trader: bit k is set when the wallet deserves `FLAGS[k]`.

    Args:
        ledger: the closed book.
        markets: the same that closed it.
        surprises: one row per event of the book.
        top_share: float64 per trader, nan where it does not exist.
        decided: int64 per trader, decided events.
        pnl_micro: int64 per trader, realized PnL.
    """
    found = {
        "MM": _market_makers(ledger, markets, thresholds),
        "BOT": _bots(ledger, thresholds),
        "WASH": _washers(ledger, thresholds),
        "FARM": _farmers(ledger, pnl_micro, thresholds),
        "ONE_EVENT": (decided >= thresholds.one_event_events)
        & (np.nan_to_num(top_share, nan=0.0) >= thresholds.one_event_share),
        "HEDGER": _hedgers(ledger, surprises, thresholds),
        "PARTIAL": _doubtful(ledger),
    }
    return sum(
        (found[name].astype(np.int64) << k for k, name in enumerate(FLAGS)), np.zeros(1, np.int64)
    )


def flag_names(bits: int) -> tuple[str, ...]:
    """The flags of one wallet, in the order of `FLAGS`."""
    return tuple(name for k, name in enumerate(FLAGS) if bits >> k & 1)


def _doubtful(ledger: Ledger) -> BoolArray:
    """History is missing, and what is missing could turn the wallet's gain into a loss, or its loss into a gain.

    Shares that were never seen bought cost between nothing and a dollar each; their proceeds are in no total. What an
    open conversion and an unreadable row moved is bounded by what they say; a transfer says nothing.
    """
    account, total = ledger.state.accounts, ledger.traders
    pnl = total.realized_micro + total.unrealized_micro
    lacking = account.lacks_shares | account.conflicted
    proceeds = np.where(lacking, account["unexplained_cash_micro"], 0)
    shares = np.where(lacking, account["missing_shares_micro"], 0)
    either = account["open_cash_micro"] + account["open_shares_micro"] + account["bad_cash_micro"]
    low, high = np.minimum(proceeds - shares, 0) - either, np.maximum(proceeds, 0) + either
    turns = np.where(pnl > 0, pnl + low <= 0, np.where(pnl < 0, pnl + high >= 0, low < high))
    found: BoolArray = (account.partial | account.conflicted) & turns
    return found | (account["n_transfers"] > 0)


def _market_makers(ledger: Ledger, markets: Markets, t: FlagThresholds) -> BoolArray:
    account, positions = ledger.state.accounts, ledger.state.positions
    known = account["maker_fills"] + account["taker_fills"]
    passive = (known >= t.mm_known_fills) & (account["maker_fills"] >= t.mm_maker_share * known)
    market = markets.outcome_market[positions.outcome]
    bought = positions["bought_shares_micro"] > 0
    again = (np.diff(positions.trader, prepend=-1) == 0) & (np.diff(market, prepend=-1) == 0)
    both = again & bought & np.concatenate([[False], bought[:-1]])[: len(bought)]
    sums = Sums(account.trader, positions.trader)
    two_sided = sums.of(both) >= t.mm_two_sided_share * np.maximum(sums.of(~again), 1)
    found: BoolArray = passive | ((account["n_trades"] >= t.mm_fills) & two_sided)
    return found


def _bots(ledger: Ledger, t: FlagThresholds) -> BoolArray:
    days = ledger.state.days
    count = Sums(ledger.state.accounts.trader, days.trader).of
    active = count(days["n_trades"] > 0)
    sleepless = count(np.bitwise_count(days["hours"]) >= t.bot_hours)
    frantic = count(days["n_trades"] >= t.bot_fills_per_day)
    long = (active >= t.bot_days) & (sleepless >= t.bot_share * active)
    found: BoolArray = long | ((frantic > 0) & (frantic >= t.bot_share * active))
    return found


def _washers(ledger: Ledger, t: FlagThresholds) -> BoolArray:
    account, held = ledger.state.accounts, ledger.state.positions
    shares = np.minimum(held["bought_shares_micro"], held["sold_shares_micro"])
    paid = held["bought_cost_micro"] / np.maximum(held["bought_shares_micro"], 1)
    got = held["sold_cash_micro"] / np.maximum(held["sold_shares_micro"], 1)
    turned = np.where(np.abs(paid - got) <= t.wash_price_gap, shares * (paid + got), 0.0)
    volume = account["volume_micro"]
    share = Sums(account.trader, held.trader).of(turned) / np.maximum(volume, 1)
    found: BoolArray = (volume >= t.wash_volume * MICRO) & (share >= t.wash_share)
    return found


def _farmers(ledger: Ledger, pnl_micro: IntArray, t: FlagThresholds) -> BoolArray:
    account, held = ledger.state.accounts, ledger.state.positions
    income = account["reward_micro"] + account["rebate_micro"] + account["yield_micro"]
    fed = (income >= t.farm_income * MICRO) & (income >= t.farm_income_to_pnl * np.abs(pnl_micro))
    sums = Sums(account.trader, held.trader)
    sure = held["bought_cost_micro"] >= t.farm_price * held["bought_shares_micro"]
    swept = sums.of(np.where(sure, held["bought_cost_micro"], 0)) / np.maximum(
        sums.of(held["bought_cost_micro"]), 1
    )
    bought = sums.of((held["bought_shares_micro"] > 0).astype(np.int64))
    found: BoolArray = fed | ((bought >= t.farm_positions) & (swept >= t.farm_share))
    return found


def _hedgers(ledger: Ledger, surprises: Surprises, t: FlagThresholds) -> BoolArray:
    sums = Sums(ledger.state.accounts.trader, ledger.events.trader)
    hedged = sums.of((surprises.status == HEDGED).astype(np.int64))
    bets = hedged + sums.of((surprises.status == SCORED).astype(np.int64))
    found: BoolArray = (bets >= t.hedger_events) & (hedged / np.maximum(bets, 1) >= t.hedger_share)
    return found
