"""What a wallet really earned: average cost in whole micro-dollars, written plainly, sharing no code with
the server.

Rules: a BUY costs its cash (fee included); a SELL of q out of Q shares that cost C gives up (C*q + Q//2)//Q
and realizes cash minus that; a SPLIT buys outcome 0 for q//2 and outcome 1 for the rest, a MERGE sells both
for the same amounts; a REDEEM sells at its payout; a CONVERSION moves the cost of its NO legs, less the
cash it pays, in equal parts to the YES tokens of those other markets of the event that existed then (the
remainder to the last by condition id). Combos are kept apart: what settled ones paid less what they cost,
and the cost of those still open.
What is held in a market when it resolves is settled at its payout, redeemed or not, in token order.

The API gives whole seconds and no order within one, so a second has one order for everybody: what brings shares (BUY,
SPLIT, CONVERSION) before what takes them (SELL, MERGE, REDEEM), then by market, outcome, size and cash.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from polymarket_sim.model import NO_INDEX, Combo, Entries, EventInfo, Kind, MarketInfo, Side
from smartmoney.units import MICRO

ORDER = ("BUY", "SPLIT", "CONVERSION", "SELL", "MERGE", "REDEEM")


class Record(Protocol):
    """What the truth is read from; a world is one."""

    entries: Entries
    events: list[EventInfo]
    markets: list[MarketInfo]
    combos: list[Combo]


@dataclass
class Truth:
    """Exact result of one wallet in micro-dollars.

    `shares` and `cost` are what is still held in unresolved markets,
    by (market, outcome); `income` is rewards,
    rebates and yield; `cash` is all money in minus out of trading (deposits and income apart); `fees` were
    paid. Of combos, `combo_realized` is what those decided or sold brought in less what they cost, and
    `combo_cost` what the open ones cost, by number of the combo.
    """

    realized: int = 0
    income: int = 0
    fees: int = 0
    cash: int = 0
    fills: int = 0
    combo_realized: int = 0
    combo_shares: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    combo_cost: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    shares: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    cost: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        """What markets and combos brought in together."""
        return self.realized + self.combo_realized

    def buy(self, token: tuple[int, int], size: int, cost: int) -> None:
        """Take `size` shares for `cost`."""
        self.shares[token] += size
        self.cost[token] += cost

    def give_up(self, token: tuple[int, int], size: int) -> int:
        """Remove `size` shares and return the part of the cost that leaves with them."""
        held = self.shares[token]
        removed = (self.cost[token] * size + held // 2) // held if held else 0
        self.shares[token] = held - size
        self.cost[token] -= removed
        return removed

    def sell(self, token: tuple[int, int], size: int, proceeds: int) -> None:
        """Give up `size` shares for `proceeds`."""
        self.realized += proceeds - self.give_up(token, size)

    def combo(self, number: int, bought: bool, size: int, cash: int) -> None:
        """Buy `size` of a combo for `cash`, or give it up for that."""
        held, cost = self.combo_shares[number], self.combo_cost[number]
        if bought:
            self.combo_shares[number], self.combo_cost[number] = held + size, cost + cash
            return
        removed = (cost * size + held // 2) // held if held else 0
        self.combo_shares[number], self.combo_cost[number] = held - size, cost - removed
        self.combo_realized += cash - removed


def combo_payout(record: Record, number: int) -> int | None:
    """What a share of a combo pays in micro-dollars; None while it may still win."""
    paid = [record.markets[market].payouts for market, _ in record.combos[number].legs]
    sides = [side for _, side in record.combos[number].legs]
    known = [pays[side] for pays, side in zip(paid, sides, strict=True) if pays is not None]
    if 0 in known:
        return 0
    if len(known) < len(paid):
        return None
    product: int = MICRO
    for each in known:
        product = product * each // MICRO
    return product


def truth_of(record: Record, rows: np.ndarray) -> Truth:
    """Replay one wallet's rows of the ledger and settle every market that has resolved."""
    result = Truth()
    columns = (
        "ts",
        "kind",
        "market",
        "outcome",
        "side",
        "size_micro",
        "fee_micro",
        "cash_micro",
        "legs",
    )
    values = zip(*(getattr(record.entries, name)[rows].tolist() for name in columns), strict=True)
    for entry in sorted((dict(zip(columns, each, strict=True)) for each in values), key=_place):
        _apply(record, result, entry)
    for token in sorted(result.shares):
        payouts = record.markets[token[0]].payouts
        if payouts is not None and result.shares[token]:
            size = result.shares[token]
            result.sell(token, size, size * payouts[token[1]] // MICRO)
    for number, size in list(result.combo_shares.items()):
        payout = combo_payout(record, number)
        if payout is not None:
            result.combo(number, False, size, size * payout // MICRO)
    result.combo_shares = {number: size for number, size in result.combo_shares.items() if size}
    result.combo_cost = {number: result.combo_cost[number] for number in result.combo_shares}
    result.shares = {token: size for token, size in result.shares.items() if size}
    result.cost = {token: result.cost[token] for token in result.shares}
    return result


def _place(entry: dict[str, Any]) -> tuple[int, ...]:
    kind = (
        "BUY"
        if entry["side"] == Side.BUY
        else "SELL"
        if entry["side"] == Side.SELL
        else Kind(entry["kind"]).name
    )
    rank = ORDER.index(kind) if kind in ORDER else len(ORDER)
    return (
        entry["ts"],
        rank,
        entry["market"],
        entry["outcome"],
        entry["size_micro"],
        entry["cash_micro"],
    )


def _apply(record: Record, result: Truth, entry: dict[str, Any]) -> None:
    kind, market, outcome, size, cash = (
        entry[k] for k in ("kind", "market", "outcome", "size_micro", "cash_micro")
    )
    result.fees += entry["fee_micro"]
    if kind == Kind.TRADE:
        result.fills += 1
        bought = entry["side"] == Side.BUY
        (result.buy if bought else result.sell)((market, outcome), size, cash)
        result.cash += -cash if bought else cash
    elif kind in (Kind.SPLIT, Kind.MERGE):
        act, sign = (result.buy, -1) if kind == Kind.SPLIT else (result.sell, 1)
        act((market, 0), size, size // 2)
        act((market, 1), size, size - size // 2)
        result.cash += sign * size
    elif kind == Kind.REDEEM:
        _redeem(record, result, entry)
    elif kind == Kind.CONVERSION:
        _convert(record, result, entry)
        result.cash += cash
    elif kind in (Kind.COMBO_TRADE, Kind.COMBO_REDEEM):
        result.combo(entry["legs"], entry["side"] == Side.BUY, size, cash)
    elif kind not in (Kind.DEPOSIT, Kind.WITHDRAWAL):
        result.income += cash


def _redeem(record: Record, result: Truth, entry: dict[str, Any]) -> None:
    """Burn the redeemed shares; a row of the old shape burns everything held in that market (where a
    recording shows a payment but not the winner, as much of either outcome was held, so that half of each
    comes to the same)."""
    market, outcome = entry["market"], entry["outcome"]
    result.cash += entry["cash_micro"]
    if outcome != NO_INDEX:
        result.sell((market, outcome), entry["size_micro"], entry["cash_micro"])
        return
    half = MICRO // 2 if entry["cash_micro"] else 0
    payouts = record.markets[market].payouts or (half, half)
    for token in ((market, 0), (market, 1)):
        size = result.shares[token]
        result.sell(token, size, size * payouts[token[1]] // MICRO)


def _convert(record: Record, result: Truth, entry: dict[str, Any]) -> None:
    market, legs, size = entry["market"], entry["legs"], entry["size_micro"]
    family = record.events[record.markets[market].event].markets
    given = [number for position, number in enumerate(family) if legs >> position & 1]
    others = sorted(
        (
            number
            for number in family
            if number not in given and record.markets[number].created_at <= entry["ts"]
        ),
        key=lambda n: record.markets[n].condition_id,
    )
    pool = sum(result.give_up((number, 1), size) for number in given) - (len(given) - 1) * size
    if not others:
        result.realized -= pool
        return
    part = pool // len(others)
    for number in others:
        result.buy(
            (number, 0), size, part if number != others[-1] else pool - part * (len(others) - 1)
        )
