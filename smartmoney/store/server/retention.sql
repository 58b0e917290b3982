-- name: make_partitions
select ensure_trade_partitions(%(first)s, %(last)s)

-- name: delete_old
delete from {{table}} as old where {{age}} < %(before)s and {{only}}

-- name: thin
-- Of each period the last row of a key stays; what an earlier run thinned is not read again.
delete from {{table}} as old
using (
    select ctid as place, row_number() over (
        partition by {{key}}, date_trunc('{{period}}', {{age}}, 'UTC') order by {{age}} desc, ctid desc) as back
    from {{table}}
    where {{age}} >= coalesce((select done_to from upkeep where table_name = %(table)s and period = %(period)s), '-infinity')
      and {{age}} < date_trunc(%(period)s, %(before)s::timestamptz, 'UTC')
) as numbered
where old.ctid = numbered.place and numbered.back > 1 and {{only}}

-- name: note_thinned
insert into upkeep as u (table_name, period, done_to)
values (%(table)s, %(period)s, date_trunc(%(period)s, %(before)s::timestamptz, 'UTC'))
on conflict (table_name, period) do update set done_to = greatest(u.done_to, excluded.done_to)

-- name: vacuum
vacuum (analyze) {{table}}
