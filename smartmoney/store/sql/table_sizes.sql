-- The largest tables, partitions counted with their parent.
with sized as (
    select coalesce(inhparent, oid) as oid, pg_total_relation_size(pg_class.oid) as bytes,
           case when relkind = 'r' then greatest(reltuples, 0)::bigint else 0 end as rows
    from pg_class
    left join pg_inherits on inhrelid = pg_class.oid
    where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
)
select pg_class.relname as table_name, sum(sized.bytes)::bigint as bytes, sum(sized.rows)::bigint as rows_estimated
from sized
join pg_class on pg_class.oid = sized.oid
group by pg_class.relname
order by sum(bytes) desc
limit 12
