-- Months end in UTC. In a session of another zone `+ interval '1 month'` from the first of March counted from the last
-- evening of February: a part ended three days early, and the trades of those days had nowhere to go.
alter function ensure_trade_partitions set timezone = 'UTC';

set local timezone = 'UTC';
create temporary table crooked on commit drop as
select c.oid::regclass as part, to_date(substr(c.relname, 7), 'YYYY_MM')::timestamp at time zone 'UTC' as month, c.relname as name
from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'trade'::regclass
  and pg_get_expr(c.relpartbound, c.oid) <> format('FOR VALUES FROM (%L) TO (%L)',
      to_date(substr(c.relname, 7), 'YYYY_MM')::timestamp at time zone 'UTC',
      (to_date(substr(c.relname, 7), 'YYYY_MM') + interval '1 month')::timestamp at time zone 'UTC');
do $$
declare
    crooked_one record;
begin
    for crooked_one in select * from crooked loop
        execute format('alter table trade detach partition %s', crooked_one.part);
        execute format('alter table %s rename to %I', crooked_one.part, 'crooked_' || crooked_one.name);
    end loop;
    for crooked_one in select * from crooked order by month loop
        perform ensure_trade_partitions(crooked_one.month, crooked_one.month + interval '1 month' - interval '1 second');
        execute format('with moved as (delete from %1$I returning *) insert into trade select * from moved',
                       'crooked_' || crooked_one.name);
        execute format('drop table %I', 'crooked_' || crooked_one.name);
    end loop;
end $$;
