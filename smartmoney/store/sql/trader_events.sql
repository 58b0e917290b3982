-- A trader's result per event, the unit of skill.
select event.id as event_id, event.title, coalesce(result.category, event.category) as category, event.neg_risk,
       result.first_entry_at, result.decided_at, result.pnl_micro * 0.000001 as pnl,
       result.invested_micro * 0.000001 as invested, result.entry_price, result.surprise, result.information,
       result.payoff_range
from trader_event as result
join event on event.id = result.event_id
where result.trader_id = :trader_id
order by abs(result.pnl_micro) desc
limit :most
