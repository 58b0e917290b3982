-- Traders by tier; null are those not scored.
select tier, count(*) as traders, count(*) filter (where total_pnl > 0) as in_profit,
       count(*) filter (where total_pnl is not null) as with_pnl, count(*) filter (where flags <> '{}') as flagged,
       sum(total_pnl) as total_pnl
from trader
group by tier
order by tier nulls last
