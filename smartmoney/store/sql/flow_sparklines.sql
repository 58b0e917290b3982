-- Seven days of daily net smart flow for the markets on a page, oldest first.
select market_id, array_agg(net order by day) as micro
from (
    select market_id, date_trunc('day', hour) as day, sum(net_micro)::bigint as net
    from market_smart_flow
    where market_id = any(:ids) and tier = any(:tiers) and hour >= now() - interval '7 days'
    group by 1, 2
) as daily
group by market_id
