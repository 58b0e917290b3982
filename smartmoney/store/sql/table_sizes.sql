-- The largest tables, partitions counted with their parent.
with sized as (
    select coalesce(inhparent, oid) as oid, pg_total_relation_size(pg_class.oid) as bytes,
           greatest(reltuples, 0)::bigint as rows
    from pg_class
    left join pg_inherits on inhrelid = pg_class.oid
    where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
)
select oid::regclass::text as table_name, sum(bytes)::bigint as bytes, sum(rows)::bigint as rows_estimated
from sized
group by oid
order by sum(bytes) desc
limit 12
