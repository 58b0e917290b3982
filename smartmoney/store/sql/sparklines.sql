-- Thirty days of total PnL for the traders on a page, oldest first.
select trader_id, array_agg(total_micro order by day) as micro
from trader_daily
where trader_id = any(:ids) and day >= current_date - 30
group by trader_id
