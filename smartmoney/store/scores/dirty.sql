-- name: dirty
select trader_id, floor(extract(epoch from first_new))::bigint, marks from trader_news order by 1

-- name: clear
delete from trader_news n using unnest(%(wallets)s::int[], %(marks)s::bigint[]) as x(id, marks)
where n.trader_id = x.id and n.marks = x.marks

-- name: server_time
select date_trunc('second', clock_timestamp())

-- name: trade_counts
select id, trade_count from trader order by id

-- name: estimated_rows
select sum(greatest(reltuples, 0)) from pg_class
where relkind = 'r' and (relname = 'activity'
                         or oid in (select inhrelid from pg_inherits where inhparent = 'trade'::regclass))

-- name: wallets
select t.id, t.address, coalesce(t.coverage, 'unchecked'), t.coverage_reason,
       coalesce(s.note ->> 'wallet' = 'unknown', s.last_success_at is null) as unread
from trader t left join ingestion_state s on s.source = 'trades' and s.key = t.address
order by t.id
