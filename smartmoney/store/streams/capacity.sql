-- name: population
select t.tier, w.trader_id is not null as watched,
       coalesce(t.last_active_at < now() - make_interval(days => %(days)s), false) as idle, count(*)
from ingestion_state s
left join trader t on t.address = s.key
left join (select distinct trader_id from watchlist) w on w.trader_id = t.id
where s.source = %(source)s and not s.note ? 'wallet' and s.due_at < now() + interval '2 days'
group by 1, 2, 3
order by 1, 2, 3

-- name: measured
-- Of runs of half a minute and more: a short one says what was due, not what is possible.
select sum(looks), sum(seconds), sum(requests)
from (select (came ->> 'traders')::float8 as looks, extract(epoch from ended_at - started_at)::float8 as seconds,
             (came ->> 'api requests')::float8 as requests
      from ingestion_run
      where job = %(job)s and status = 'done' and coalesce(asked ->> 'addresses', '') = '' and (came ->> 'traders')::float8 > 0
            and ended_at - started_at >= interval '30 seconds'
      order by id desc limit 20) as run

-- name: save
insert into capacity as known (source, planned_at, stretch, plan)
values (%(source)s, now(), %(stretch)s, %(plan)s)
on conflict (source) do update set planned_at = now(), stretch = excluded.stretch, plan = excluded.plan

-- name: stretch
select stretch from capacity where source = %(source)s

-- name: plans
-- What can be held fresh, as planned last.
select source, planned_at, stretch, plan
from capacity
order by source

-- name: first_fill
-- How many wallets were ever read to the end, how fast in the last hour, and how large that is.
with stream as (
    select count(*) as wallets, count(first_success_at) as read,
           count(*) filter (where first_success_at > now() - interval '1 hour') as lately,
           extract(epoch from now() - min(first_success_at) filter (where first_success_at > now() - interval '1 hour'))::float8
               as over_s
    from ingestion_state
    where source = 'trades'
), sized as (
    select coalesce(inhparent, pg_class.oid) as oid, pg_total_relation_size(pg_class.oid) as bytes,
           case when relkind = 'r' then greatest(reltuples, 0) else 0 end as rows
    from pg_class
    left join pg_inherits on inhrelid = pg_class.oid
    where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
)
select wallets, read, case when lately > 0 then lately / greatest(over_s, 60) end as a_second,
       (select sum(bytes)::bigint from sized) as bytes_now,
       (select coalesce(sum(bytes), 0)::bigint from sized join pg_class on pg_class.oid = sized.oid
        where pg_class.relname = any(%(tables)s)) as bytes_filled,
       (select coalesce(sum(rows), 0)::bigint from sized where oid = 'trade'::regclass) as trades
from stream
