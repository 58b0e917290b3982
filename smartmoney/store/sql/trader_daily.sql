-- A trader's days, oldest first.
select day, realized_micro * 0.000001 as realized_pnl, total_micro * 0.000001 as total_pnl,
       volume_micro * 0.000001 as volume, fills
from trader_daily
where trader_id = :trader_id
order by day
