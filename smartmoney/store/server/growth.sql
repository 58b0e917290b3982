-- name: measure
insert into table_size (table_name, measured_at, bytes)
select parent.relname, %(now)s, sum(pg_total_relation_size(part.oid))
from pg_class part
left join pg_inherits on inhrelid = part.oid
join pg_class parent on parent.oid = coalesce(inhparent, part.oid)
where part.relkind in ('r', 'p') and part.relnamespace = 'public'::regnamespace
group by parent.relname
order by parent.relname
on conflict do nothing

-- name: first_look
-- When sizes were noted first.
select min(measured_at) as first from table_size

-- name: sizes
-- Every table, partitions counted with their parent, the largest first; growth against the oldest look within the span.
with sized as (
    select coalesce(inhparent, oid) as oid, pg_total_relation_size(pg_class.oid) as bytes,
           case when relkind = 'r' then greatest(reltuples, 0)::bigint else 0 end as rows
    from pg_class
    left join pg_inherits on inhrelid = pg_class.oid
    where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
), summed as (
    select pg_class.relname::text as table_name, sum(sized.bytes)::bigint as bytes, sum(sized.rows)::bigint as rows_estimated
    from sized
    join pg_class on pg_class.oid = sized.oid
    group by pg_class.relname
)
select summed.*, (summed.bytes - before.bytes)
                 / (extract(epoch from %(now)s - before.measured_at) / 86400)::float8 as bytes_a_day
from summed
left join lateral (
    select measured_at, bytes from table_size
    where table_size.table_name = summed.table_name and measured_at between %(since)s and %(until)s
    order by measured_at limit 1) as before on true
order by summed.bytes desc, table_name
