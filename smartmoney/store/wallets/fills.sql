-- name: ensure_partitions
select ensure_trade_partitions(to_timestamp(%(first)s), to_timestamp(%(last)s))

-- name: near
-- Rows of the same time, of one wallet or of all, where they are few beside the batch; else see `named`.
select array_agg(extract(epoch from ts)::bigint), array_agg(key), count(*) filter (where flags & 1 = 0), count(*)
from (select ts, key, flags from trade
      where ts between to_timestamp(%(begin)s) and to_timestamp(%(end)s)
        and trader_id = %(trader_id)s  --? trader_id
      order by ts, key limit %(most)s) as t

-- name: named
-- Each row by itself, in a nested loop by its form: whatever the planner thinks of the arrays, the table is never read as
-- a whole.
select array_agg(extract(epoch from k.ts)::bigint), array_agg(k.key), count(*) filter (where t.flags & 1 = 0)
from (select to_timestamp(second) as ts, key from unnest(%(seconds)s::bigint[], %(keys)s::bigint[]) as x(second, key)) as k
cross join lateral (select t.flags from trade t
                    where t.ts = k.ts and t.key = k.key
                      and t.ts between to_timestamp(%(begin)s) and to_timestamp(%(end)s) limit 1) as t

-- name: note
-- Whose rows arrived, so that the ledger reads those rows and no others.
with seen as (
    select trader_id, to_timestamp(first) as first_new, to_timestamp(last) as last_seen
    from unnest(%(traders)s::integer[], %(first)s::bigint[], %(last)s::bigint[]) as x(trader_id, first, last)
), news as (
    insert into trader_news as n (trader_id, first_new) select trader_id, first_new from seen order by 1
    on conflict (trader_id) do update set first_new = least(n.first_new, excluded.first_new), marks = n.marks + 1
)
update trader t set last_active_at = last_seen from seen
where t.id = trader_id and (t.last_active_at is null or t.last_active_at < last_seen)

-- name: fill_cash
update trade t set cash_micro = s.cash_micro, flags = t.flags | 1
from (select to_timestamp(second) as ts, key, cash_micro
      from unnest(%(seconds)s::bigint[], %(keys)s::bigint[], %(cash)s::bigint[]) as x(second, key, cash_micro)) as s
where t.ts = s.ts and t.key = s.key and t.flags & 1 = 0
  and t.ts between to_timestamp(%(begin)s) and to_timestamp(%(end)s)
