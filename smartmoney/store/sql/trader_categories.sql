-- A trader's result per category.
select coalesce(category, 'uncategorised') as category, sum(pnl_micro) * 0.000001 as pnl,
       sum(invested_micro) * 0.000001 as invested, count(*) as events,
       count(*) filter (where abs(pnl_micro) > 10000) as decided, count(*) filter (where pnl_micro > 10000) as won
from trader_event
where trader_id = :trader_id
group by 1
order by abs(sum(pnl_micro)) desc
limit 20
