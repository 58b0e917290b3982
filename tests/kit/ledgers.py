"""A small world of every market shape, random events in it, and a plain Python ledger to compare with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from smartmoney.ledger import (
    Activity,
    Kind,
    Markets,
)

# Event 0 is a negative-risk group of three markets, event 1 one market, event 2 two unrelated markets.
EVENT = (0, 0, 0, 1, 2, 2)
NEG_RISK = (True, True, True, False, False, False)
YES, NO, HALF, OPEN = (1_000_000, 0), (0, 1_000_000), (500_000, 500_000), (-1, -1)
START = 1_700_000_000


def markets(payouts: list[tuple[int, int]], resolved_at: list[int]) -> Markets:
    return Markets.of(
        event=EVENT,
        payout_micro=np.array(payouts).ravel(),
        resolved_at=resolved_at,
        neg_risk=NEG_RISK,
    )


def resolved_otherwise(known: Markets, payout_micro: Any, resolved_at: Any) -> Markets:
    """The same markets with other resolutions."""
    return replace(known, payout_micro=payout_micro, resolved_at=resolved_at)


@st.composite
def resolutions(draw: Any) -> Markets:
    pays = [draw(st.sampled_from([YES, NO, HALF, OPEN])) for _ in EVENT]
    return markets(pays, [-1 if pay == OPEN else START + draw(st.integers(0, 60)) for pay in pays])


def _row(kind: Kind, draw: Any, whales: bool) -> dict[str, int]:
    market = draw(st.integers(0, len(EVENT) - 1))
    if kind == Kind.CONVERSION_LEG:
        market = draw(st.integers(0, 2))
    named = kind in (Kind.BUY, Kind.SELL) or (kind == Kind.REDEEM and draw(st.booleans()))
    labelled = kind in (Kind.SPLIT, Kind.MERGE) and draw(st.integers(0, 9)) == 0
    largest = 50_000_000_000_000 if whales else 20
    size = draw(st.integers(0 if kind == Kind.REDEEM else 1, largest))
    cash = size if kind == Kind.REDEEM and not named else draw(st.integers(0, size))
    return {
        "kind": int(kind),
        "market": market,
        "outcome": 2 * market + draw(st.integers(0, 1)) if named or labelled else -1,
        "size_micro": size,
        "cash_micro": cash,
        "fee_micro": draw(st.integers(0, 2)),
        "tx": draw(st.integers(1, 2)) if kind == Kind.CONVERSION_LEG else 0,
    }


@st.composite
def rows(draw: Any, most: int = 25, traders: int = 3, whales: bool = False) -> list[dict[str, int]]:
    kinds = draw(
        st.lists(st.sampled_from([kind for kind in Kind if kind != Kind.CONVERSION]), max_size=most)
    )
    return [
        _row(kind, draw, whales)
        | {
            "trader": draw(st.integers(1, traders)),
            "ts": START + draw(st.integers(0, 50)),
            "seq": n,
        }
        for n, kind in enumerate(kinds)
    ]


def events(of: list[dict[str, int]]) -> Activity:
    if not of:
        return Activity.empty()
    names = (
        "trader",
        "ts",
        "kind",
        "market",
        "outcome",
        "size_micro",
        "cash_micro",
        "fee_micro",
        "seq",
        "tx",
    )
    return Activity.of(**{name: [row[name] for row in of] for name in names})


class Plain:
    """One wallet's ledger in dictionaries and Python integers; the rules once more, in the plainest words."""

    def __init__(self, payouts: list[int]) -> None:
        self.payouts = payouts
        self.shares: dict[int, int] = defaultdict(int)
        self.cost: dict[int, int] = defaultdict(int)
        self.realized: dict[int, int] = defaultdict(int)
        self.cash = self.unexplained = self.missing = self.income = 0
        self.conflicts = self.bad = 0

    def replay(self, of: list[dict[str, int]]) -> None:
        names = ("market", "outcome", "size_micro", "cash_micro", "seq")
        of = sorted(of, key=lambda r: (r["ts"], r["kind"], _group(r), *(r[name] for name in names)))
        while of:
            same = [r for r in of if _run(r) == _run(of[0])]
            of = of[len(same) :]
            self._together(Kind(same[0]["kind"]), same)

    def _together(self, kind: Kind, same: list[dict[str, int]]) -> None:
        if kind == Kind.CONVERSION_LEG:
            return self._convert(same)
        if kind in (Kind.SELL, Kind.MERGE, Kind.REDEEM):
            return self._dispose(kind, same)
        for row in same:
            if kind == Kind.BUY:
                self._get(row["outcome"], row["size_micro"], row["cash_micro"])
                self.cash -= row["cash_micro"]
            elif kind == Kind.SPLIT:
                self._get(2 * row["market"], row["size_micro"], row["size_micro"] // 2)
                self._get(
                    2 * row["market"] + 1,
                    row["size_micro"],
                    row["size_micro"] - row["size_micro"] // 2,
                )
                self.cash -= row["size_micro"]
            elif kind != Kind.TRANSFER:
                self.income += row["cash_micro"]
        return None

    def _get(self, outcome: int, shares: int, cost: int) -> None:
        self.shares[outcome] += shares
        self.cost[outcome] += cost

    def _drop(self, outcome: int, shares: int) -> int:
        held = self.shares[outcome]
        removed = (self.cost[outcome] * shares + held // 2) // held if shares else 0
        self.shares[outcome] -= shares
        self.cost[outcome] -= removed
        return removed

    def _sell(self, outcome: int, shares: int, cash: int) -> None:
        held = self.shares[outcome]
        if shares > held:
            self.missing += shares - held
            self.unexplained += cash - cash * held // shares
            shares, cash = held, cash * held // shares
        self.realized[outcome] += cash - self._drop(outcome, shares)

    def _dispose(self, kind: Kind, same: list[dict[str, int]]) -> None:
        market, outcome = same[0]["market"], same[0]["outcome"]
        if kind == Kind.MERGE:
            taken, most = (
                (2 * market, 2 * market + 1),
                min(self.shares[2 * market], self.shares[2 * market + 1]),
            )
        else:
            taken, most = (outcome,), self.shares[outcome] if outcome >= 0 else -1
        if sum(row["size_micro"] for row in same) > most:
            same = [
                same[0]
                | {name: sum(row[name] for row in same) for name in ("size_micro", "cash_micro")}
            ]
        for row in same:
            size, cash = row["size_micro"], row["cash_micro"]
            self.cash += size if kind == Kind.MERGE else cash
            if outcome < 0 and kind == Kind.REDEEM:
                self._redeem_all(market, size, cash)
            elif kind == Kind.MERGE:
                self._sell(taken[0], size, size // 2)
                self._sell(taken[1], size, size - size // 2)
            else:
                self._sell(taken[0], size, cash)

    def _redeem_all(self, market: int, size: int, cash: int) -> None:
        pair = (2 * market, 2 * market + 1)
        taken = {outcome: self.shares[outcome] for outcome in pair}
        pays = {o: self.payouts[o] * shares // 1_000_000 for o, shares in taken.items()}
        due = sum(pays.values())
        if self.payouts[pair[0]] < 0:
            won = [outcome for outcome in pair if cash and taken[outcome] == size][:1]
            if not won and cash and any(taken.values()):
                won = [outcome for outcome in pair if taken[outcome] > size]
                if len(won) != 1:
                    self.conflicts += 1
                    self.unexplained += cash
                    return
                taken = {won[0]: size}
            pays = dict.fromkeys(taken, 0) | dict.fromkeys(won, cash)
        elif 0 < cash < due - 10_000:
            taken = {
                o: shares * cash // due for o, shares in taken.items() if pays[o] * cash // due
            }
            pays = {o: pays[o] * cash // due for o in taken}
        for outcome, shares in taken.items():
            self.realized[outcome] += pays[outcome] - self._drop(outcome, shares)
        self.unexplained += cash - sum(pays[outcome] for outcome in taken)

    def _convert(self, same: list[dict[str, int]]) -> None:
        legs = sorted({row["market"] for row in same})
        shares, cash = same[0]["size_micro"], (len(legs) - 1) * same[0]["size_micro"]
        pool, found = 0, False
        for market in legs:
            taken = min(shares, self.shares[2 * market + 1])
            self.missing += shares - taken
            found = found or taken > 0
            pool += self._drop(2 * market + 1, taken)
        self.cash += cash
        if not found:
            self.unexplained += cash
            return
        others = [market for market in (0, 1, 2) if market not in legs]
        if not others:
            self.realized[2 * legs[-1] + 1] += cash - pool
        for n, market in enumerate(others, 1):
            part = (pool - cash) // len(others)
            self._get(
                2 * market,
                shares,
                part if n < len(others) else pool - cash - part * (len(others) - 1),
            )

    def settle(self, resolved: list[bool]) -> int:
        """Realized with settlement of everything still held in resolved markets."""
        total = sum(self.realized.values())
        for outcome, shares in self.shares.items():
            if resolved[outcome // 2]:
                total += shares * self.payouts[outcome] // 1_000_000 - self.cost[outcome]
        return total


def _group(row: dict[str, int]) -> tuple[int, ...]:
    return (row["size_micro"], row["tx"]) if row["kind"] == Kind.CONVERSION_LEG else ()


def _run(row: dict[str, int]) -> tuple[Any, ...]:
    where = () if row["kind"] == Kind.CONVERSION_LEG else (row["market"], row["outcome"])
    return (row["ts"], row["kind"], _group(row), where)


usual = settings(max_examples=150, deadline=None)
