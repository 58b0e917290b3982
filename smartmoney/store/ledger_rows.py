"""What the ledger reads of the database, as Arrow tables: markets, activity, quotes, and the platform's own positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from smartmoney.store.arrow import fetch, listed, opened
from smartmoney.store.db import Store

MARKETS = """
select m.id as market, coalesce(m.event_id, 0) as event, m.neg_risk, coalesce(m.category, '') as category,
       case when m.neg_risk then m.condition_id end as name,
       case when m.neg_risk then coalesce(m.neg_risk_market_id, '') else '' end as neg_risk_group,
       extract(epoch from coalesce(m.created_at, m.start_date))::bigint as existed_from,
       length(m.condition_id) = 64 and substr(m.condition_id, 3, 2) not in ('01', '02') as combo,
       case when m.status = 'RESOLVED' then extract(epoch from
           coalesce(m.resolved_at, m.closed_at, m.resolution_seen_at, m.updated_at))::bigint end as resolved_at
from market m order by m.id"""
OUTCOMES = """
select o.id as outcome, o.market_id as market, o.payout_micro,
       coalesce(o.outcome_index, (row_number() over (partition by o.market_id order by o.outcome_index, o.id))::int - 1)
           as position
from outcome o order by o.market_id, 4, o.id"""
TRADES = """
select t.trader_id, t.ts, t.outcome_id, t.size_micro, t.cash_micro, t.side, t.key, t.price_pico, t.flags from {rows}"""
ACTIVITY = """
select t.trader_id, t.ts, coalesce(t.market_id, any_market.id, -1) as market_id,
       coalesce(t.outcome_id, -1) as outcome_id,
       coalesce(t.size_micro, 0) as size_micro, coalesce(t.cash_micro, 0) as cash_micro, t.key,
       case when t.group_id is null then x.code else {group_code}::smallint end as code,
       ('x' || encode(substring(t.tx_hash from 25 for 8), 'hex'))::bit(64)::bigint as tx
from {rows} join (values {codes}) as x(kind, code) on x.kind = t.kind
left join lateral (select min(m.id) as id from neg_risk_group g join market m on m.neg_risk_market_id = g.neg_risk_market_id
                   where g.id = t.group_id and m.neg_risk) as any_market on t.group_id is not null"""
QUOTES = """
select o.id as outcome, (1000000 * case
    when m.status = 'CLOSED' then case when abs(sum(o.price) over (partition by o.market_id) - 1) <= 0.000002
        then o.price end
    when m.best_bid is not null and m.best_ask is not null and m.best_ask - m.best_bid <= 0.10
        then case o.outcome_index when 0 then (m.best_bid + m.best_ask) / 2 else 1 - (m.best_bid + m.best_ask) / 2 end
    when m.last_trade_price is not null and m.best_bid is not null and m.best_ask is not null
        then case o.outcome_index when 0 then least(greatest(m.last_trade_price, m.best_bid), m.best_ask)
                                  else 1 - least(greatest(m.last_trade_price, m.best_bid), m.best_ask) end
    else o.price end)::bigint as mark
from outcome o join market m on m.id = o.market_id where m.status <> 'RESOLVED'"""
API_POSITIONS = """
select p.trader_id, p.outcome_id, case p.status when 'CLOSED' then 0 else p.shares_micro end as shares_micro,
       p.realized_micro, p.avg_price::float8 as avg_price, coalesce(p.total_bought_micro, 0) > 0 as bought
from position p where p.absent_since is null and p.trader_id in ({traders})"""
LOOKED = """
select t.id as trader_id, extract(epoch from s.watermark)::bigint as looked_at
from ingestion_state s join trader t on t.address = s.key
where s.source = 'positions' and s.watermark is not null and t.id in ({traders})"""


def markets(store: Store) -> pa.Table:
    """Every market by id: market, event (0 for none), neg_risk, category, name, resolved_at."""
    return fetch(store, MARKETS)


def outcomes(store: Store) -> pa.Table:
    """Every outcome by market and position: outcome, market, payout_micro, position."""
    return fetch(store, OUTCOMES)


def fills(
    store: Store, traders: Sequence[int] | None, after: Sequence[int] | None
) -> Iterator[pa.RecordBatch]:
    """Fills of some wallets, batch by batch; see `_source`."""
    with opened(store, TRADES.format(rows=_source("trade", traders, after))) as cursor:
        yield from cursor.fetch_record_batch()


def other_activity(
    store: Store,
    kinds: Mapping[str, int],
    group_code: int,
    traders: Sequence[int] | None,
    after: Sequence[int] | None,
) -> Iterator[pa.RecordBatch]:
    """Activity other than fills of some wallets, of the kinds that have a code, batch by batch.

    A row that names a negative-risk group and no market has `group_code`, and any market of the group.
    """
    codes = ", ".join(f"('{name}', {code}::smallint)" for name, code in kinds.items())
    query = ACTIVITY.format(
        rows=_source("activity", traders, after), codes=codes, group_code=group_code
    )
    with opened(store, query) as cursor:
        yield from cursor.fetch_record_batch()


def quotes(store: Store) -> pa.Table:
    """outcome, mark (millionths of a dollar, null for none) of every market that has not resolved."""
    return fetch(store, QUOTES)


def api_positions(store: Store, traders: Sequence[int]) -> pa.Table:
    """What the API shows of some wallets: trader_id, outcome_id, shares_micro, bought, and, null
    where the API does not say, realized_micro and avg_price."""
    return fetch(store, API_POSITIONS.format(traders=_ids(traders)))


def event_titles(store: Store, events: Sequence[int]) -> dict[int, str]:
    """Title of each event, by id."""
    table = fetch(store, f"select id, title from event where id = any({listed(events)})")
    return dict(zip(*(table.column(name).to_pylist() for name in ("id", "title")), strict=True))


def api_snapshots(store: Store, traders: Sequence[int]) -> dict[int, int]:
    """Unix second at which the positions of each wallet were fetched."""
    table = fetch(store, LOOKED.format(traders=_ids(traders)))
    names = ("trader_id", "looked_at")
    return dict(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def _ids(traders: Sequence[int]) -> str:
    return ",".join(str(int(trader)) for trader in traders) or "-1"


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
