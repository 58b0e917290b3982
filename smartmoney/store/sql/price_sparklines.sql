-- Seven days of prices for the markets on a page, one a day, oldest first.
select market_id, array_agg(price order by day) as prices
from (
    select distinct on (market_id, date_trunc('day', ts)) market_id, date_trunc('day', ts) as day, price
    from market_price
    where market_id = any(:ids) and ts >= now() - interval '7 days'
    order by market_id, date_trunc('day', ts), ts desc
) as daily
group by market_id
