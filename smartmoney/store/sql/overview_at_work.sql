-- USD the tiers hold in open positions, at the price of the moment.
select trader.tier, count(distinct held.trader_id) as traders, count(*) as positions,
       round(sum(held.shares_micro * 0.000001 * outcome.price), 6) as value
from trader
join ledger_position as held on held.trader_id = trader.id and held.shares_micro > 0 and not held.settled
join outcome on outcome.id = held.outcome_id
join market on market.id = held.market_id and market.status = 'OPEN'
where trader.tier = any(:tiers)
group by trader.tier
order by trader.tier
