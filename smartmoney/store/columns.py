"""The columns scoring reads, straight from Postgres into Arrow and numpy: no row ever becomes a Python object."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from smartmoney.ledger import ApiPositions, Events, Kind, Markets
from smartmoney.ledger.columns import IntArray
from smartmoney.ledger.ordering import sort_by_trader
from smartmoney.store.arrow import column, fetch, listed, reading
from smartmoney.store.db import Store

PICO = 1e12

MARKETS = """
select m.id as market, coalesce(m.event_id, 0) as event, m.neg_risk, coalesce(m.category, '') as category,
       case when m.neg_risk then m.condition_id end as name,
       case when m.status = 'RESOLVED' then extract(epoch from m.resolved_at)::bigint end as resolved_at
from market m order by m.id"""
OUTCOMES = """
select o.id as outcome, o.market_id as market, o.payout_micro,
       coalesce(o.outcome_index, (row_number() over (partition by o.market_id order by o.outcome_index, o.id))::int - 1)
           as position
from outcome o order by o.market_id, 4, o.id"""
TRADES = """
select t.trader_id, t.ts, t.outcome_id, t.size_micro, t.cash_micro, t.side, t.key, t.price_pico, t.flags from {rows}"""
ACTIVITY = """
select t.trader_id, t.ts, coalesce(t.market_id, -1) as market_id, coalesce(t.outcome_id, -1) as outcome_id,
       coalesce(t.size_micro, 0) as size_micro, coalesce(t.cash_micro, 0) as cash_micro, t.key, x.code,
       ('x' || encode(substring(t.tx_hash from 25 for 8), 'hex'))::bit(64)::bigint as tx
from {rows} join (values {codes}) as x(kind, code) on x.kind = t.kind"""
KINDS = {
    "SPLIT": Kind.SPLIT,
    "MERGE": Kind.MERGE,
    "REDEEM": Kind.REDEEM,
    "CONVERSION": Kind.CONVERSION,
    "REWARD": Kind.REWARD,
    "REFERRAL_REWARD": Kind.REWARD,
    "MAKER_REBATE": Kind.REBATE,
    "TAKER_REBATE": Kind.REBATE,
    "YIELD": Kind.YIELD,
}
"""Kinds of activity the ledger reads; the others move no money of a position."""
CODES = ", ".join(f"('{name}', {int(kind)}::smallint)" for name, kind in KINDS.items())


@dataclass(frozen=True)
class Catalog:
    """Markets as the ledger numbers them, and the database ids behind the numbers.

    Attributes:
        markets: what the ledger needs.
        last_event: the largest event id; larger numbers in `markets.event` are markets without an event.
        market_ids: int32 per market row, the id in table `market`, ascending.
        outcome_ids: int32 per outcome row, the id in table `outcome`; -1 where the API named no such outcome.
        structure: int64 per market row, a digest of what a book is built on: its outcomes, and the markets of its event.
        facts: int64 per market row, a digest of all that a score reads: structure, category, payouts, resolution.
    """

    markets: Markets
    last_event: int
    market_ids: NDArray[np.int32]
    outcome_ids: NDArray[np.int32]
    structure: NDArray[np.int64]
    facts: NDArray[np.int64]

    def market_rows(self, ids: IntArray) -> NDArray[np.int32]:
        """Rows of market ids; -1 stays -1."""
        return _rows(self.market_ids, ids)

    def outcome_rows(self, ids: IntArray) -> NDArray[np.int32]:
        """Rows of outcome ids; -1 stays -1."""
        return self._row_of_outcome[np.clip(ids, -1, len(self._row_of_outcome) - 2)]

    @cached_property
    def market_of_outcome(self) -> NDArray[np.int32]:
        """Market row per outcome row; -1 in the last place, for -1."""
        return np.append(self.markets.outcome_market, np.int32(-1))

    @cached_property
    def _row_of_outcome(self) -> NDArray[np.int32]:
        """Row by id; the last two places, for ids not known and for -1, hold -1."""
        table = np.full(int(self.outcome_ids.max(initial=0)) + 3, -1, np.int32)
        named = np.flatnonzero(self.outcome_ids >= 0).astype(np.int32)
        table[self.outcome_ids[named]] = named
        return table


def _rows(sorted_ids: IntArray, ids: IntArray) -> NDArray[np.int32]:
    if not len(sorted_ids):
        return np.full(len(ids), -1, np.int32)
    place = np.minimum(np.searchsorted(sorted_ids, ids), len(sorted_ids) - 1)
    return np.where((sorted_ids[place] == ids) & (ids >= 0), place, -1).astype(np.int32)


def load_catalog(store: Store) -> Catalog:
    """Every market with its outcomes, payouts and category.

    A market without an event is an event of its own. Where the API named only the second outcome of a market, the first
    is there as a row of its own without an id, so that positions keep their meaning.
    """
    markets, outcomes = fetch(store, MARKETS), fetch(store, OUTCOMES)
    market_ids = column(markets, "market").astype(np.int32)
    owner = _rows(market_ids, column(outcomes, "market").astype(np.int32))
    position = column(outcomes, "position").astype(np.int32)
    n_outcomes = np.zeros(len(market_ids), np.int32)
    np.maximum.at(n_outcomes, owner, position + 1)
    first = np.concatenate([[0], np.cumsum(n_outcomes)]).astype(np.int32)
    place = first[owner] + position
    outcome_ids = np.full(int(first[-1]), -1, np.int32)
    outcome_ids[place] = column(outcomes, "outcome")
    payout = np.full(int(first[-1]), -1, np.int32)
    payout[place] = outcomes.column("payout_micro").fill_null(-1).to_numpy()
    event = column(markets, "event").astype(np.int64)
    alone, last_event = event == 0, int(event.max(initial=0))
    event[alone] = last_event + 1 + np.arange(int(alone.sum()))
    names = markets.column("category").to_numpy(zero_copy_only=False).astype(str)
    categories, codes = np.unique(names, return_inverse=True)
    made = Markets.of(
        event=event.astype(np.int32),
        n_outcomes=n_outcomes,
        payout_micro=payout,
        resolved_at=markets.column("resolved_at").fill_null(-1).to_numpy(),
        category=codes.astype(np.int16),
        neg_risk=column(markets, "neg_risk").astype(bool),
        place=pc.rank(markets.column("name")).to_numpy(),
        categories=tuple(str(name) for name in categories) or ("",),
    )
    structure = _structure(made, market_ids, outcome_ids)
    return Catalog(
        made, last_event, market_ids, outcome_ids, structure, _facts(made, structure, names)
    )


def _structure(markets: Markets, market_ids: IntArray, outcome_ids: IntArray) -> NDArray[np.int64]:
    """Per market; markets of one event know each other, because conversions reach all of them, where they exclude each
    other."""
    own = mixed(
        market_ids,
        markets.neg_risk,
        _per_market(markets, mixed(outcome_ids, markets.outcome_position)),
    )
    together = np.zeros(int(markets.event.max(initial=-1)) + 1, np.int64)
    np.add.at(together, markets.event, own)
    return mixed(own, together[markets.event])


def _facts(
    markets: Markets, structure: NDArray[np.int64], categories: NDArray[Any]
) -> NDArray[np.int64]:
    names, codes = np.unique(categories, return_inverse=True)
    digests = np.array(
        [int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest()) for name in names]
    )
    category = digests.astype(np.int64)[codes] if len(names) else codes
    paid = _per_market(markets, mixed(markets.outcome_position, markets.payout_micro))
    return mixed(structure, category, markets.neg_risk, markets.resolved_at, paid)


def _per_market(markets: Markets, values: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = np.zeros(len(markets), np.int64)
    np.add.at(sums, markets.outcome_market, values)
    return sums


def mixed(*columns: NDArray[Any]) -> NDArray[np.int64]:
    """A 64-bit digest of each row of some integer columns (the finaliser of splitmix64, column by column)."""
    digest = np.zeros(len(columns[0]), np.uint64)
    for values in columns:
        digest = (digest ^ values.astype(np.int64).view(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        digest = (digest ^ (digest >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        digest = (digest ^ (digest >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        digest ^= digest >> np.uint64(31)
    return digest.view(np.int64)


def load_events(
    store: Store,
    catalog: Catalog,
    traders: Sequence[int] | None = None,
    after: Sequence[int] | None = None,
) -> Events:
    """Activity in the ledger's numbering of markets and outcomes, by ascending trader.

    Args:
        store: where the rows are.
        catalog: every market; a row that names another one is unreadable.
        traders: ids of wallets; None for everybody. A `range` is read in one scan of the table.
        after: per wallet, Unix seconds: only its later rows.
    """
    parts: list[Events] = []  # batch by batch, while the processor's cache holds what came last
    with reading(store, TRADES.format(rows=_source("trade", traders, after))) as cursor:
        parts += [_fills(batch, catalog) for batch in cursor.fetch_record_batch()]
    with reading(
        store, ACTIVITY.format(rows=_source("activity", traders, after), codes=CODES)
    ) as cursor:
        parts += [_others(batch, catalog) for batch in cursor.fetch_record_batch()]
    return sort_by_trader(*parts)


def _fills(rows: pa.RecordBatch, catalog: Catalog) -> Events:
    side = column(rows, "side")
    outcome = catalog.outcome_rows(column(rows, "outcome_id"))
    return Events.of(
        trader=column(rows, "trader_id"),
        ts=column(rows, "ts"),
        kind=np.where(side > 0, np.int8(Kind.BUY), np.int8(Kind.SELL)),
        market=catalog.market_of_outcome[outcome],
        outcome=outcome,
        size_micro=column(rows, "size_micro"),
        cash_micro=column(rows, "cash_micro"),
        fee_micro=_fees(rows, side),
        seq=column(rows, "key"),
    )


def _others(rows: pa.RecordBatch, catalog: Catalog) -> Events:
    return Events.of(
        trader=column(rows, "trader_id"),
        ts=column(rows, "ts"),
        kind=column(rows, "code").astype(np.int8),
        market=catalog.market_rows(column(rows, "market_id")),
        outcome=catalog.outcome_rows(column(rows, "outcome_id")),
        size_micro=column(rows, "size_micro"),
        cash_micro=column(rows, "cash_micro"),
        seq=column(rows, "key"),
        tx=column(rows, "tx"),
    )


def _source(table: str, traders: Sequence[int] | None, after: Sequence[int] | None) -> str:
    """FROM clause of the rows `t` of some wallets."""
    if traders is None:
        return f"{table} t"
    if isinstance(traders, range) and after is None:
        wallets = f"trader_id between {traders.start} and {traders.stop - 1}"
        return f"(select * from {table} where {wallets}) t"
    seconds = [-1] * len(traders) if after is None else after
    lists = (listed(numbers, "bigint") for numbers in (traders, seconds))
    return (
        f"unnest({', '.join(lists)}) as w(id, second) join lateral (select * from {table} "
        f"where trader_id = w.id::int and ts > to_timestamp(w.second) and ts > to_timestamp({min(seconds, default=0)})) t on true"
    )


def _fees(trades: pa.RecordBatch, side: IntArray) -> NDArray[np.int64]:
    """What each fill paid beyond size x price; 0 where the API did not report the cash."""
    notional = column(trades, "size_micro") * (column(trades, "price_pico") / PICO)
    fee = np.rint((column(trades, "cash_micro") - notional) * side).astype(np.int64)
    reported = (column(trades, "flags").astype(np.int64) & 1) == 1
    return np.where(reported & (fee > 0), fee, 0)


MARKS = """
select o.id as outcome, (1000000 * case
    when m.best_bid is not null and m.best_ask is not null and m.best_ask - m.best_bid <= 0.10
        then case o.outcome_index when 0 then (m.best_bid + m.best_ask) / 2 else 1 - (m.best_bid + m.best_ask) / 2 end
    when m.last_trade_price is not null and m.best_bid is not null and m.best_ask is not null
        then case o.outcome_index when 0 then least(greatest(m.last_trade_price, m.best_bid), m.best_ask)
                                  else 1 - least(greatest(m.last_trade_price, m.best_bid), m.best_ask) end
    else o.price end)::bigint as mark
from outcome o join market m on m.id = o.market_id where m.status <> 'RESOLVED'"""


def load_marks(store: Store, catalog: Catalog) -> NDArray[np.int64]:
    """Price of an open share per outcome row, millionths of a dollar; -1 where there is none.

    The middle where the spread is at most ten cents, else the last trade clipped into the quote, else the platform's
    own price of the outcome.
    """
    table = fetch(store, MARKS)
    marks = np.full(len(catalog.outcome_ids), -1, np.int64)
    rows = catalog.outcome_rows(column(table, "outcome").astype(np.int32))
    marks[rows] = table.column("mark").fill_null(-1).to_numpy()
    return marks


API_POSITIONS = """
select p.trader_id, p.outcome_id, case p.status when 'CLOSED' then 0 else p.shares_micro end as shares_micro,
       coalesce(p.realized_micro, 0) as realized_micro, coalesce(p.avg_price, 0)::float8 as avg_price
from position p where p.absent_since is null and p.trader_id in ({traders})"""
LOOKED = """
select t.id as trader_id, extract(epoch from s.watermark)::bigint as looked_at
from ingestion_state s join trader t on t.address = s.key
where s.source = 'positions' and s.watermark is not null and t.id in ({traders})"""


@dataclass(frozen=True)
class ApiLook:
    """The API's positions of one wallet, and when it was asked."""

    looked_at: int
    positions: ApiPositions


def load_api_positions(
    store: Store, catalog: Catalog, traders: Sequence[int], marks: IntArray
) -> dict[int, ApiLook]:
    """What the API shows of some wallets, valued at our marks so that only shares and bookings are compared."""
    listed = ",".join(str(int(trader)) for trader in traders) or "-1"
    table, looks = (
        fetch(store, API_POSITIONS.format(traders=listed)),
        fetch(store, LOOKED.format(traders=listed)),
    )
    owner, outcome = (
        column(table, "trader_id"),
        catalog.outcome_rows(column(table, "outcome_id").astype(np.int32)),
    )
    shares, payout = column(table, "shares_micro"), catalog.markets.payout_micro
    mark = np.where(payout[outcome] >= 0, payout[outcome], np.maximum(marks[outcome], 0))
    open_gain = np.rint(shares * (mark / 1e6 - column(table, "avg_price"))).astype(np.int64)
    pnl = column(table, "realized_micro") + np.where(shares > 0, open_gain, 0)
    order = np.argsort(owner, kind="stable")
    bounds = (
        np.searchsorted(owner[order], np.array(traders)),
        np.searchsorted(owner[order], np.array(traders), "right"),
    )
    at = dict(
        zip(
            looks.column("trader_id").to_pylist(),
            looks.column("looked_at").to_pylist(),
            strict=True,
        )
    )
    found = {}
    for trader, start, stop in zip(traders, *bounds, strict=True):
        if trader in at:
            rows = order[start:stop]
            found[trader] = ApiLook(
                at[trader], ApiPositions(outcome[rows], shares[rows], pnl[rows])
            )
    return found
