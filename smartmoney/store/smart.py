"""What the smart-market job reads and writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from psycopg import Connection

from smartmoney.store.arrow import fetch
from smartmoney.store.db import Store

# A wallet's shares as the API shows them now; where it was not asked yet, as our ledger counts them.
HOLDINGS = """
select coalesce(p.trader_id, l.trader_id) as trader_id, coalesce(p.market_id, l.market_id) as market_id,
       o.outcome_index::int as outcome_index,
       coalesce(p.shares_micro, l.shares_micro)::float8 / 1e6 as shares,
       coalesce(p.avg_price::float8, l.cost_micro::float8 / nullif(l.shares_micro, 0)) as avg_price
from (select * from position where status = 'OPEN' and absent_since is null) as p
full join (select * from ledger_position where shares_micro > 0 and not settled
           and trader_id not in (select distinct trader_id from position)) as l using (trader_id, outcome_id)
join outcome o on o.id = coalesce(p.outcome_id, l.outcome_id)
join market m on m.id = o.market_id and m.status <> 'RESOLVED'
where o.outcome_index is not null and coalesce(p.shares_micro, l.shares_micro) > 0"""
TRADERS = """
select id as trader_id, address, name, tier, rarity_score, skill_prob, cardinality(flags) as flag_count
from trader where tier is not null"""
MARKETS = """
select id as market_id, event_id, neg_risk, price::float8 as price, liquidity::float8 as liquidity, volume::float8 as volume,
       open_interest::float8 as open_interest
from market where status <> 'RESOLVED'"""
# What each market showed a day before it resolved; later rows are not looked at.
RESOLVED_LEANS = """
select distinct on (s.market_id) s.price::float8 as price, s.smart_lean, o.payout_micro / 1e6::float8 as won, m.event_id
from market m join market_smart_stats s on s.market_id = m.id and s.computed_at <= m.resolved_at - interval '24 hours'
join outcome o on o.market_id = m.id and o.outcome_index = 0
where m.status = 'RESOLVED' and o.payout_micro is not null and s.smart_lean is not null
order by s.market_id, s.computed_at desc"""
# Net bought per hour by wallets that had a tier at that hour: no later tier reaches back.
FLOW = """
insert into market_smart_flow as f (market_id, hour, tier, net_micro, gross_micro, traders)
select t.market_id, date_trunc('hour', t.ts, 'UTC'), s.tier,
       sum(t.cash_micro * t.side * case o.outcome_index when 0 then 1 else -1 end), sum(t.cash_micro),
       count(distinct t.trader_id)
from (select trader_id, tier, as_of as since, coalesce(lead(as_of) over (partition by trader_id order by as_of),
                                                       'infinity') as until
      from trader_score) as s
join trade t on t.trader_id = s.trader_id and t.ts >= greatest(s.since, %(since)s) and t.ts < s.until
join outcome o on o.id = t.outcome_id and o.outcome_index is not null
where s.tier = any(%(tiers)s) and s.until > %(since)s
group by 1, 2, 3
on conflict (market_id, hour, tier) do update set net_micro = excluded.net_micro, gross_micro = excluded.gross_micro,
    traders = excluded.traders"""
FLOW_OF_ALL = """
insert into smart_flow as f (hour, tier, net_micro, gross_micro)
select hour, tier, sum(net_micro), sum(gross_micro)
from market_smart_flow
where hour >= %s
group by hour, tier
on conflict (hour, tier) do update set net_micro = excluded.net_micro, gross_micro = excluded.gross_micro"""
CURRENT = """
insert into market_smart_current
select stats.*, not market.neg_risk or market.event_id is null
       or row_number() over (partition by market.event_id, market.neg_risk
                             order by coalesce(stats.smart_score, -1) desc, market.id) = 1
from market_smart_stats as stats join market on market.id = stats.market_id
where stats.computed_at = %s"""
# Trades of the smart wallets of the last day per wallet and market; `unseen` came after the positions were looked at.
MOVES = """
with smart as (
    select t.id, coalesce(looked.watermark, state.covered_to, '-infinity') as seen
    from trader t
    left join ingestion_state looked on looked.source = 'positions' and looked.key = t.address
    left join ledger_state state on state.trader_id = t.id
    where t.tier = any(string_to_array($1, ',')) and t.flags = '{}'
), moved as (
    select t.trader_id, t.market_id, t.ts, t.cash_micro, smart.seen,
           t.side * t.size_micro * case o.outcome_index when 0 then 1 else -1 end as micro
    from smart
    join trade t on t.trader_id = smart.id and t.ts > least(smart.seen, $2::timestamptz) and t.ts > $2::timestamptz - interval '7 days'
                and t.ts <= $3::timestamptz
    join outcome o on o.id = t.outcome_id and o.outcome_index is not null
)
select trader_id, market_id, coalesce(sum(micro) filter (where ts > $2::timestamptz), 0)::float8 / 1e6 as delta,
       coalesce(sum(micro) filter (where ts > seen), 0)::float8 / 1e6 as unseen,
       coalesce(sum(cash_micro) filter (where ts > $2::timestamptz), 0)::float8 / 1e6 as traded_usd, max(ts) as moved_at
from moved
group by trader_id, market_id
having count(*) filter (where ts > $2::timestamptz) > 0"""


def load_holdings(store: Store) -> pd.DataFrame:
    """Shares held in unresolved markets: trader_id, market_id, outcome_index, shares, avg_price (nullable)."""
    return fetch(store, HOLDINGS).to_pandas()


def load_traders(store: Store) -> pd.DataFrame:
    """Scored wallets: trader_id, address, name, tier, rarity_score, skill_prob, flag_count."""
    return fetch(store, TRADERS).to_pandas()


def load_markets(store: Store) -> pd.DataFrame:
    """Unresolved markets: market_id, event_id, neg_risk, price, liquidity, volume, open_interest (USD, nullable)."""
    return fetch(store, MARKETS).to_pandas()


def load_resolved_leans(store: Store) -> pd.DataFrame:
    """One row per resolved market that had a lean a day before: price, smart_lean, won (0 to 1), event_id."""
    return fetch(store, RESOLVED_LEANS).to_pandas()


def load_moves(
    store: Store, tiers: Sequence[str], since: datetime, until: datetime
) -> pd.DataFrame:
    """What unflagged wallets of the tiers traded in (since, until], as `smartmoney.market_stats.movers` takes it."""
    return fetch(store, MOVES, [",".join(tiers), since.isoformat(), until.isoformat()]).to_pandas()


def save_stats(
    connection: Connection[Any], rows: pd.DataFrame, computed_at: datetime, version: str
) -> int:
    """Append one row per market to the history and make them the current ones; returns how many.

    Args:
        rows: as `smartmoney.market_stats.smart_markets` gives them; its columns are those of the table.
        computed_at: UTC; the same moment for all rows.
        version: of the score the tiers came from.
    """
    packed = rows.assign(
        top_smart_traders=[json.dumps(listed) for listed in rows["top_smart_traders"]]
    )
    _append(
        connection,
        "market_smart_stats",
        packed,
        {"computed_at": computed_at, "score_version": version},
    )
    make_current(connection, computed_at)
    return len(rows)


def make_current(connection: Connection[Any], computed_at: datetime) -> None:
    """Make the statistics of a run the current ones; of a negative-risk event the outcome of the highest score leads."""
    connection.execute("delete from market_smart_current")
    connection.execute(CURRENT, [computed_at])


def save_movers(connection: Connection[Any], rows: pd.DataFrame, computed_at: datetime) -> int:
    """Make these moves the current ones; returns how many.

    Args:
        rows: as `smartmoney.market_stats.movers` gives them, with the wallet's tier.
        computed_at: UTC.
    """
    connection.execute("delete from market_smart_mover")
    rounded = rows.assign(
        **{name: rows[name].round(6) for name in ("before_usd", "after_usd", "traded_usd")}
    )
    _append(connection, "market_smart_mover", rounded, {"computed_at": computed_at})
    return len(rows)


def save_events(connection: Connection[Any], rows: pd.DataFrame, computed_at: datetime) -> int:
    """Append one row per negative-risk event; returns how many.

    Args:
        rows: as `smartmoney.market_stats.smart_events` gives them.
        computed_at: UTC; that of the markets.
    """
    _append(connection, "event_smart_stats", rows, {"computed_at": computed_at})
    return len(rows)


def _append(
    connection: Connection[Any], table: str, rows: pd.DataFrame, same: dict[str, Any]
) -> None:
    """Copy the rows into a table, with values that are the same for all."""
    names = ", ".join([*same, *rows.columns])
    values = rows.astype(object).where(rows.notna(), None)
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({names}) from stdin") as copy:
        for row in values.itertuples(index=False, name=None):
            copy.write_row([*same.values(), *row])


def save_flow(connection: Connection[Any], since: datetime, tiers: Sequence[str]) -> int:
    """Count the smart flow again from the hour of `since` on; returns the rows written."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(FLOW, {"since": hour, "tiers": list(tiers)})
        rows = cursor.rowcount
        cursor.execute(FLOW_OF_ALL, (hour,))
        return rows


def last_computed(connection: Connection[Any]) -> datetime | None:
    """When smart-market statistics were last computed."""
    row = connection.execute("select max(computed_at) from market_smart_stats").fetchone()
    return row[0] if row else None
