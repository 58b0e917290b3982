"""How markets ended, as far as redemptions and redeemable positions tell."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from polymarket_sim.recorded.dump.rows import UNNAMED, Row
from smartmoney.units import MICRO

Payouts = tuple[int, ...]
DUST = Decimal("0.01")
"""Shares by which a redemption may differ from what was bought and still be of all of it."""


class Ending(NamedTuple):
    """Payouts in millionths by outcome, and when the first row told, 0 where none has a time."""

    payouts: Payouts
    at: int


def endings(history: Iterable[Row], held: Iterable[Row]) -> tuple[dict[str, Ending], list[str]]:
    """Endings by condition, and the conditions of which two rows tell different ones.

    Whether rows that repeat each other count each or once is not known: the reading that fits the redemption is taken.
    """
    told: dict[str, set[Payouts]] = defaultdict(set)
    first: dict[str, int] = {}
    by_book: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in history:
        by_book[row["proxy_wallet"], row["condition_id"]].append(row)
    for (_, condition), rows in by_book.items():
        redemptions = [row for row in rows if row["type"] == "REDEEM"]
        once = list({json.dumps(row, sort_keys=True): row for row in rows}.values())
        told[condition] |= {*_by_token(redemptions), *(_by_holding(rows) or _by_holding(once))}
        times = [row["timestamp"] for row in redemptions]
        first[condition] = min(
            [*times, *([first[condition]] if first.get(condition) else [])], default=0
        )
    for row in held:
        if row["redeemable"] and row["status"] == "REDEEMABLE" and "current_price" in row:
            told[row["condition_id"]] |= _paying(
                row["outcome_index"], _decimal(row, "current_price")
            )
    disputed = sorted(condition for condition, each in told.items() if len(each) > 1)
    found = {
        condition: Ending(next(iter(each)), first.get(condition, 0))
        for condition, each in told.items()
        if len(each) == 1
    }
    return found, disputed


def _by_token(redemptions: Sequence[Row]) -> set[Payouts]:
    """What rows of the new shape tell: each names its token, its shares and what these paid."""
    found: set[Payouts] = set()
    for row in redemptions:
        size = _decimal(row, "size")
        if row["token_id"] and size > DUST:
            found |= _paying(row["outcome_index"], _decimal(row, "usdc_size") / size)
    return found


def _by_holding(rows: Sequence[Row]) -> set[Payouts]:
    """What rows of the old shape tell, which name no token: the outcome paid of which just that much was held."""
    redemptions = [row for row in rows if row["type"] == "REDEEM" and not row["token_id"]]
    paid = sum((_decimal(row, "usdc_size") for row in redemptions), Decimal())
    held = [sum((_shares(row, n) for row in rows), Decimal()) for n in (0, 1)]
    if paid > 0:
        winners = [n for n in (0, 1) if abs(held[n] - paid) <= DUST]
    else:
        winners = [1 - n for n in (0, 1) if held[n] > DUST and held[1 - n] <= DUST]
    if not redemptions or len(winners) != 1 or min(held) < -DUST:
        return set()
    return {_pair(winners[0], MICRO)}


def _shares(row: Row, outcome: int) -> Decimal:
    gains = row["side"] == "BUY" or row["type"] == "SPLIT"
    loses = row["side"] == "SELL" or row["type"] == "MERGE"
    return (
        (gains - loses) * _decimal(row, "size")
        if row["outcome_index"] in (outcome, UNNAMED)
        else Decimal()
    )


def _paying(outcome: int, price: Decimal) -> set[Payouts]:
    """The payouts where an outcome of two paid nothing, half or all of a dollar; none for any other price."""
    paid = next(
        (each for each in (0, MICRO // 2, MICRO) if abs(price * MICRO - each) < MICRO // 1_000),
        None,
    )
    return {_pair(outcome, paid)} if paid is not None and outcome in (0, 1) else set()


def _pair(outcome: int, paid: int) -> Payouts:
    return (paid, MICRO - paid) if outcome == 0 else (MICRO - paid, paid)


def _decimal(row: Row, name: str) -> Decimal:
    return Decimal(str(row[name] or 0))
