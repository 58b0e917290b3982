-- Net and gross USD of the chosen tiers per bucket of :hours hours, oldest first. Net is towards the first outcome.
select date_bin(make_interval(hours => :hours), hour, '2020-01-01Z') as bucket, sum(net_micro) * 0.000001 as net,
       sum(gross_micro) * 0.000001 as gross, max(traders) as traders
from market_smart_flow
where market_id = :market_id and tier = any(:tiers)
group by 1
order by 1
