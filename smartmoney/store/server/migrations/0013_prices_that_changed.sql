-- A price is written when it changed; until when it was seen unchanged stands beside it.
alter table market_price add column seen_until timestamptz;
comment on column market_price.seen_until is 'the last look that found this price; null: it was there at the newest look (market.priced_at)';

-- What stands: each look wrote a row. Of equal ones in a row, with no more than half an hour between two looks, the first
-- stays and holds until the last.
create temporary table looked on commit drop as
with step as (
    select market_id, ts, price,
           lag(price) over one = price and ts - lag(ts) over one <= interval '30 minutes' as same
    from market_price where source <> 'history'
    window one as (partition by market_id order by ts)
), grouped as (
    select market_id, ts, count(*) filter (where same is not true) over (partition by market_id order by ts) as run from step
)
select market_id, run, min(ts) as first, max(ts) as last, max(ts) = max(max(ts)) over (partition by market_id) as newest
from grouped group by market_id, run;
delete from market_price p using looked
where p.market_id = looked.market_id and p.ts > looked.first and p.ts <= looked.last and p.source <> 'history';
update market_price p set seen_until = looked.last from looked
where p.market_id = looked.market_id and p.ts = looked.first and not looked.newest;
update market_price set seen_until = ts where source = 'history';
