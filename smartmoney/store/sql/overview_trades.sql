-- How many trades are held (estimated by the planner's statistics; counted while few) and the newest of them.
with estimate as (
    select coalesce(sum(greatest(part.reltuples, 0)), 0)::bigint as rows, coalesce(bool_or(part.reltuples < 0), false) as unknown
    from pg_inherits join pg_class as part on part.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'trade'::regclass
), newest as (
    select max(last_active_at) as ts from trader
)
select case when estimate.rows >= 100000 then estimate.rows
            else (select count(*) from (select 1 from trade limit 200000) as few) end as trades,
       estimate.rows >= 100000 as estimated, newest.ts as newest_at
from estimate, newest
