"""Positions as the platform keeps them: average cost without fees, per wallet and token, from the ledger's
rows.

Weighted average over everything acquired; a sale does not move the average; a split gives both outcomes at
0.50; a merge sells both at 0.50; a redemption sells at the payout; a conversion moves the cost of the NO
legs, less the cash paid, to the YES tokens received.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from polymarket_sim.model import NO_INDEX, Kind, Side
from polymarket_sim.world import RowIndex, World
from smartmoney.units import MICRO

GAIN, LOSE, GIVE, TAKE, BURN = range(5)


class Table(NamedTuple):
    """Positions by slot: all int64; micro-units, `avg_pico` 1e-12 USD per share, times in Unix seconds."""

    trader: np.ndarray
    token: np.ndarray
    shares: np.ndarray
    cost: np.ndarray
    fees: np.ndarray
    bought: np.ndarray
    realized: np.ndarray
    avg_pico: np.ndarray
    first_ts: np.ndarray
    last_ts: np.ndarray


class Moves(NamedTuple):
    """What ledger rows do to single tokens: parallel int64 arrays."""

    row: np.ndarray
    trader: np.ndarray
    token: np.ndarray
    op: np.ndarray
    size: np.ndarray
    amount: np.ndarray
    fee: np.ndarray


FIELDS = Table._fields
Move = tuple[int, int, int, int, int, int, int]
Changes = tuple[np.ndarray, np.ndarray, np.ndarray]
_READ = ("trader", "kind", "market", "outcome", "side", "size_micro", "fee_micro", "cash_micro")


@njit(cache=True)
def share_of(cost: int, part: int, whole: int) -> int:
    """(cost * part + whole // 2) // whole in exact integers, for 0 <= part <= whole < 2**50."""
    rest, quotient, remainder = cost % whole, 0, 0
    for shift in range(48, -1, -12):
        remainder = remainder * 4096 + rest * (part >> shift & 4095)
        quotient = quotient * 4096 + remainder // whole
        remainder %= whole
    return cost // whole * part + quotient + (remainder + whole // 2) // whole


@njit(cache=True)
def _gain(table: Table, slot: int, size: int, amount: int, fee: int) -> None:
    table.shares[slot] += size
    table.bought[slot] += size
    table.cost[slot] += amount
    table.fees[slot] += fee
    if table.shares[slot] > 0:
        table.avg_pico[slot] = np.int64(np.round(table.cost[slot] / table.shares[slot] * 1e12))


@njit(cache=True)
def _lose(table: Table, slot: int, size: int) -> int:
    held = table.shares[slot]
    if held <= 0:
        return 0
    removed = share_of(table.cost[slot], size, held)
    table.fees[slot] -= share_of(table.fees[slot], size, held)
    table.shares[slot] = held - size
    table.cost[slot] -= removed
    return removed


@njit(cache=True)
def _apply(table: Table, slots: np.ndarray, moves: Moves, ts: np.ndarray) -> np.ndarray:
    """Book the moves in order; returns the change of shares each made."""
    delta, pool, last = np.zeros(len(slots), np.int64), 0, -1
    for i in range(len(slots)):
        slot, op, size, amount = slots[i], moves.op[i], moves.size[i], moves.amount[i]
        before = table.shares[slot]
        if table.first_ts[slot] == 0:
            table.first_ts[slot] = ts[i]
        table.last_ts[slot] = ts[i]
        if moves.row[i] != last:
            pool, last = 0, moves.row[i]
        if op == GAIN:
            _gain(table, slot, size, amount, moves.fee[i])
        elif op == LOSE:
            have = min(size, before)
            proceeds = amount if have == size else share_of(amount, have, size)
            table.realized[slot] += proceeds - _lose(table, slot, have)
        elif op == GIVE:
            pool += _lose(table, slot, min(size, before))
        elif op == TAKE:
            count, number = moves.fee[i] >> 16, moves.fee[i] & 65_535
            part = (pool - amount) // count
            _gain(
                table,
                slot,
                size,
                part if number < count - 1 else pool - amount - part * (count - 1),
                0,
            )
        else:
            table.realized[slot] += before // MICRO * amount + before % MICRO * amount // MICRO
            table.realized[slot] -= _lose(table, slot, before)
        delta[i] = table.shares[slot] - before
    return delta


def moves_of(world: World, rows: slice | np.ndarray) -> Moves:
    """What these ledger rows do to single tokens, in order.

    For TAKE, `amount` is the cash paid and `fee` holds how many tokens share the pool (<< 16) and which of
    them this is.
    """
    e = {name: getattr(world.entries, name)[rows] for name in _READ}
    row = np.arange(len(world.entries))[rows]
    token = e["market"].astype(np.int64) * 2 + np.maximum(e["outcome"], 0)
    trade, buy = e["kind"] == Kind.TRADE, e["side"] == Side.BUY
    notional = e["cash_micro"] - np.where(buy, 1, -1) * e["fee_micro"]
    redeem = (e["kind"] == Kind.REDEEM) & (e["outcome"] != NO_INDEX)
    pairs = (e["kind"] == Kind.SPLIT) | (e["kind"] == Kind.MERGE)
    op = np.where((trade & buy) | (e["kind"] == Kind.SPLIT), GAIN, LOSE)
    amount, fee = np.where(trade, notional, e["cash_micro"]), e["fee_micro"] * (trade & buy)
    parts = [_moves(row, e["trader"], token, op, e["size_micro"], amount, fee, trade | redeem)]
    half = e["size_micro"] // 2
    for outcome, amount in ((0, half), (1, e["size_micro"] - half)):
        both = e["market"].astype(np.int64) * 2 + outcome
        parts.append(_moves(row, e["trader"], both, op, e["size_micro"], amount, fee * 0, pairs))
    whole = (e["kind"] == Kind.REDEEM) & (e["outcome"] == NO_INDEX)
    odd = [move for number in row[whole].tolist() for move in _burnt(world, number)]
    odd += [
        move
        for number in row[e["kind"] == Kind.CONVERSION].tolist()
        for move in _converted(world, number)
    ]
    if odd:
        parts.append(Moves(*(np.array(column, np.int64) for column in zip(*odd, strict=False))))
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in Moves._fields]
    order = np.argsort(joined[0], kind="stable")
    return Moves(*(column[order].astype(np.int64) for column in joined))


def _moves(*columns_and_mask: np.ndarray) -> Moves:
    *columns, mask = columns_and_mask
    return Moves(*(column[mask].astype(np.int64) for column in columns))


def _burnt(world: World, row: int) -> list[Move]:
    """A redemption of the old shape burns both outcomes. Where a recording shows the payment but not the
    winner, the wallet held as much of either outcome, so that half of each comes to the same."""
    trader, market = int(world.entries.trader[row]), int(world.entries.market[row])
    paid = int(world.entries.cash_micro[row]) > 0
    payouts = world.markets[market].payouts or ((MICRO // 2, MICRO // 2) if paid else (0, 0))
    return [(row, trader, market * 2 + outcome, BURN, 0, payouts[outcome], 0) for outcome in (0, 1)]


def _converted(world: World, row: int) -> list[Move]:
    e = world.entries
    trader, size, legs, cash = (
        int(column[row]) for column in (e.trader, e.size_micro, e.legs, e.cash_micro)
    )
    family, ts = world.events[world.markets[int(e.market[row])].event].markets, int(e.ts[row])
    given = [number for place, number in enumerate(family) if legs >> place & 1]
    others = [
        number
        for number in family
        if number not in given and world.markets[number].created_at <= ts
    ]
    gone = [(row, trader, number * 2 + 1, GIVE, size, 0, 0) for number in given]
    packed = len(others) << 16
    return gone + [
        (row, trader, number * 2, TAKE, size, cash, packed | i) for i, number in enumerate(others)
    ]


def fold(moves: Moves, slots: np.ndarray, table: Table, ts: np.ndarray) -> np.ndarray:
    """Book moves into a table in place; returns the change of shares of each (micro-shares)."""
    return _apply(table, slots, moves, ts)


def blank(size: int) -> Table:
    """A table of `size` empty positions."""
    return Table(*(np.zeros(size, np.int64) for _ in FIELDS))


class Positions:
    """The positions of all wallets, kept up to the ledger's end by `update`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done = 0
        moves = moves_of(world, slice(0, len(world.entries)))
        held_before = np.array(
            [(o.trader << 32) | o.market * 2 + o.outcome for o in world.openings], np.int64
        )
        keys = np.unique(np.concatenate([(moves.trader << 32) | moves.token, held_before]))
        self.size = len(keys)
        self._keys, self._late = keys, dict[int, int]()
        self._table = blank(self.size)
        self._table.trader[:], self._table.token[:] = keys >> 32, keys & 0xFFFFFFFF
        self.by_trader = RowIndex(self._table.trader, np.arange(self.size), len(world.traders))
        self.by_token = RowIndex(self._table.token, np.arange(self.size), 2 * len(world.markets))
        nothing = np.zeros(0, np.int64)
        self._log: list[Changes] = [(nothing, nothing, nothing)]
        for opening, slot in zip(
            world.openings, np.searchsorted(keys, held_before).tolist(), strict=False
        ):
            _gain(self._table, slot, opening.size_micro, opening.cost_micro, 0)
            if opening.at:
                self._table.bought[slot] -= opening.size_micro
                self._table.first_ts[slot] = self._table.last_ts[slot] = opening.at
        self._book(moves, np.searchsorted(keys, (moves.trader << 32) | moves.token))
        self.done = len(world.entries)

    def __getattr__(self, name: str) -> np.ndarray:
        if name not in FIELDS:
            raise AttributeError(name)
        column: np.ndarray = getattr(self.__dict__["_table"], name)[: self.__dict__["size"]]
        return column

    def update(self) -> None:
        """Book the rows added to the ledger since the last call."""
        end = len(self.world.entries)
        if end == self.done:
            return
        moves = moves_of(self.world, slice(self.done, end))
        slots = np.array(
            [self._slot(key) for key in ((moves.trader << 32) | moves.token).tolist()], np.int64
        )
        self._book(moves, slots)
        self.done = end

    def changes(self) -> Changes:
        """All changes of shares so far: (slot, ledger row, change in micro-shares), in ledger order."""
        if len(self._log) > 1:
            slot, row, change = (np.concatenate(column) for column in zip(*self._log, strict=False))
            self._log = [(slot, row, change)]
        return self._log[0]

    def _book(self, moves: Moves, slots: np.ndarray) -> None:
        delta = _apply(self._table, slots, moves, self.world.entries.ts[moves.row])
        self._log.append((slots, moves.row, delta))

    def _slot(self, key: int) -> int:
        at = int(np.searchsorted(self._keys, key))
        if at < len(self._keys) and self._keys[at] == key:
            return at
        if key not in self._late:
            self._late[key] = self.size
            self._grow()
            trader, token = key >> 32, key & 0xFFFFFFFF
            self._table.trader[self.size], self._table.token[self.size] = trader, token
            self.by_trader.add(trader, self.size)
            self.by_token.add(token, self.size)
            self.size += 1
        return self._late[key]

    def _grow(self) -> None:
        if self.size == len(self._table.trader):
            room = np.zeros(len(self._table.trader) // 4 + 1_024, np.int64)
            self._table = Table(*(np.concatenate([column, room]) for column in self._table))
