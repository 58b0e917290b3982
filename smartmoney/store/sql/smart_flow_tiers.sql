-- Net and gross USD of each tier per hour or day in one market, oldest first. Net is towards the first outcome.
select date_trunc(cast(:per as text), hour, 'UTC') as bucket, tier, sum(net_micro) * 0.000001 as net,
       sum(gross_micro) * 0.000001 as gross
from market_smart_flow
where hour >= :since and market_id = :market_id
group by 1, 2
order by 1, 2
