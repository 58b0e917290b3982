-- Holders of a market by tier and outcome: people, USD at market, USD paid, shares.
select coalesce(trader.tier, 'none') as tier, outcome.outcome_index, outcome.name as outcome, count(*) as holders,
       sum(held.shares_micro) * 0.000001 as shares, sum(held.cost_micro) * 0.000001 as cost,
       round(sum(held.shares_micro * 0.000001 * coalesce(outcome.payout_micro * 0.000001, outcome.price)), 6) as value
from ledger_position as held
join trader on trader.id = held.trader_id
join outcome on outcome.id = held.outcome_id
where held.market_id = :market_id and held.shares_micro > 0
group by 1, 2, 3
order by 1, 2
