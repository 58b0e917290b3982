"""The columns that orders are matched on, as compiled code takes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray


class LedgerColumns(NamedTuple):
    """Ledger columns being filled, and in `used` (one element) how many rows are."""

    ts: Array
    trader: Array
    kind: Array
    market: Array
    outcome: Array
    side: Array
    is_taker: Array
    size_micro: Array
    price_pico: Array
    fee_micro: Array
    cash_micro: Array
    tx: Array
    legs: Array
    used: Array


class News(NamedTuple):
    """Columns of `ResolutionProcess` by question."""

    log_prior: Array
    ends: Array
    end: Array
    news_from: Array
    news_to: Array
    information: Array
    exclusive: Array
    signal: Array
    clock: Array
    first_market: Array


class Terms(NamedTuple):
    """Columns by market: its question, place in it, tick (micro-dollars), fee rate and first second."""

    question: Array
    position: Array
    tick: Array
    fee: Array
    created: Array


class Row(NamedTuple):
    """One ledger row about to be written: what `LedgerColumns` keeps by column, in micro-units; the price
    follows from `notional`."""

    ts: int
    trader: int
    kind: int
    market: int
    outcome: int
    side: int
    size: int
    notional: int
    fee: int
    cash: int
    tx: int
    legs: int
    taker: bool


class Deal(NamedTuple):
    """What an order came to: micro-shares of one outcome at a price in micro-dollars, in one transaction."""

    order: int
    outcome: int
    side: int
    size: int
    price: int
    tx: int


class OrderColumns(NamedTuple):
    """Columns of `Orders`, and where the taker's shares of the question begin."""

    ts: Array
    taker: Array
    market: Array
    mode: Array
    want: Array
    stake: Array
    slot: Array


class Resting(NamedTuple):
    """Columns of `Legs`, and where each maker's shares of the question begin."""

    first: Array
    maker: Array
    part: Array
    slot: Array


class Floor(NamedTuple):
    """Everything orders meet in: the rows written so far, who holds what, the books, the news."""

    rows: LedgerColumns
    held: Array
    orders: OrderColumns
    resting: Resting
    news: News
    terms: Terms
