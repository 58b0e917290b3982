-- The days of a wallet are written together and read together: one row of arrays instead of a row per day.

create table trader_days (
    trader_id      integer primary key,
    day            date[] not null,       -- ascending; the other arrays go by it
    realized_micro bigint[] not null,
    total_micro    bigint[] not null,
    volume_micro   bigint[] not null,
    fills          integer[] not null,
    check (cardinality(day) = cardinality(realized_micro) and cardinality(day) = cardinality(total_micro)
           and cardinality(day) = cardinality(volume_micro) and cardinality(day) = cardinality(fills))
);
alter table trader_days alter column day set storage external;  -- to compress takes longer than to write
alter table trader_days alter column realized_micro set storage external;
alter table trader_days alter column total_micro set storage external;
alter table trader_days alter column volume_micro set storage external;
alter table trader_days alter column fills set storage external;

insert into trader_days
select trader_id, array_agg(day order by day), array_agg(realized_micro order by day), array_agg(total_micro order by day),
       array_agg(volume_micro order by day), array_agg(fills order by day)
from trader_daily group by trader_id;

drop table trader_daily;
create view trader_daily as
select trader_id, d.day, d.realized_micro, d.total_micro, d.volume_micro, d.fills
from trader_days as t, unnest(t.day, t.realized_micro, t.total_micro, t.volume_micro, t.fills)
    as d(day, realized_micro, total_micro, volume_micro, fills);
comment on view trader_daily is 'One row per wallet and day with activity; a filter on trader_id reads that wallet only';
