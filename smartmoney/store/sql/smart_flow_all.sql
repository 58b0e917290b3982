-- Net and gross USD of each tier per hour or day over all markets, oldest first. Net is towards the first outcomes.
select date_trunc(cast(:per as text), hour, 'UTC') as bucket, tier, sum(net_micro) * 0.000001 as net,
       sum(gross_micro) * 0.000001 as gross
from smart_flow
where hour >= :since
group by 1, 2
order by 1, 2
