-- Thirty days of total PnL for the traders on a page, oldest first.
select trader_id, array_agg(total_micro order by day) as micro
from (select trader_id, unnest(day[greatest(cardinality(day) - 30, 1):]) as day,
             unnest(total_micro[greatest(cardinality(day) - 30, 1):]) as total_micro
      from trader_days where trader_id = any(:ids)) as latest
where day >= current_date - 30
group by trader_id
