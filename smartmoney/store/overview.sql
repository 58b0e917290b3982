-- name: tiers
-- Traders by tier; null are those not scored.
select tier, count(*) as traders, count(*) filter (where total_pnl > 0) as in_profit,
       count(*) filter (where total_pnl is not null) as with_pnl, count(*) filter (where flags <> '{}') as flagged,
       sum(total_pnl) as total_pnl
from trader
group by tier
order by tier nulls last

-- name: statuses
-- Markets by status.
select status, count(*) as markets
from market
group by status
order by status

-- name: trades
-- How many trades are held (estimated by the planner's statistics; counted while few) and the newest of them.
with estimate as (
    select coalesce(sum(greatest(part.reltuples, 0)), 0)::bigint as rows, coalesce(bool_or(part.reltuples < 0), false) as unknown
    from pg_inherits join pg_class as part on part.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'trade'::regclass
), newest as (
    select max(last_active_at) as ts from trader
)
select case when estimate.rows >= 100000 then estimate.rows
            else (select count(*) from (select 1 from trade limit 200000) as few) end as trades,
       estimate.rows >= 100000 as estimated, newest.ts as newest_at
from estimate, newest

-- name: at_work
-- USD the tiers hold in open positions, at the price of the moment.
select trader.tier, count(distinct held.trader_id) as traders, count(*) as positions,
       round(sum(held.shares_micro * 0.000001 * outcome.price), 6) as value
from trader
join ledger_position as held on held.trader_id = trader.id and held.shares_micro > 0 and not held.settled
join outcome on outcome.id = held.outcome_id
join market on market.id = held.market_id and market.status = 'OPEN'
where trader.tier = any(%(tiers)s)
group by trader.tier
order by trader.tier

-- name: movers
-- Markets whose price moved most in 24 hours, among those with money in them.
select market.id, market.question, market.category, market.price, market.price_change_24h, market.volume_24h,
       market.liquidity, market.end_date, smart.lean_label, smart.smart_count
from market
left join market_smart_current as smart on smart.market_id = market.id
where market.status = 'OPEN' and market.price_change_24h is not null and market.volume_24h >= %(min_volume)s
order by abs(market.price_change_24h) desc, market.id
limit %(size)s
