-- name: market
-- One market by id or condition id, with its event and latest smart statistics.
select market.*, event.title as event_title, event.slug as event_slug, event.neg_risk as event_neg_risk,
       smart.computed_at, smart.smart_count, smart.smart_weighted, smart.smart_weighted_yes, smart.smart_weighted_no,
       smart.smart_share, smart.coverage, smart.smart_lean, smart.lean_lo, smart.lean_hi, smart.lean_label,
       smart.smart_score, smart.smart_score_classic, smart.smart_divergence, smart.top_smart_traders,
       smart.price as smart_price, whole.smart_count as event_count, whole.smart_weighted as event_weighted,
       whole.favourite_market_id as event_favourite
from market
left join event on event.id = market.event_id
left join market_smart_current as smart on smart.market_id = market.id
left join event_smart_stats as whole on whole.event_id = market.event_id and market.neg_risk
                                    and whole.computed_at = smart.computed_at
where true
  and market.id = %(market_id)s  --? market_id
  and market.condition_id = %(condition_id)s  --? condition_id
limit 1

-- name: market_outcomes
-- A market's outcomes in order; `payout` is null until the market has resolved.
select id, outcome_index, token_id, name, price, payout_micro * 0.000001 as payout
from outcome
where market_id = %(market_id)s
order by outcome_index

-- name: market_siblings
-- The other markets of the same event.
select market.id, market.question, market.group_item_title, market.status, market.price, smart.lean_label,
       smart.smart_lean, smart.smart_count
from market
left join market_smart_current as smart on smart.market_id = market.id
where market.event_id = %(event_id)s and market.id <> %(market_id)s
order by market.volume desc nulls last, market.id
limit 20

-- name: market_holders
-- Who holds a market now: our ledger, or what the API shows where the ledger has no row.
with held as (
    select coalesce(ledger.trader_id, api.trader_id) as trader_id,
           coalesce(ledger.outcome_id, api.outcome_id) as outcome_id,
           coalesce(ledger.shares_micro, api.shares_micro) as shares_micro,
           coalesce(ledger.cost_micro, (api.shares_micro * api.avg_price)::bigint) as cost_micro,
           coalesce(ledger.realized_micro, api.realized_micro) as realized_micro,
           coalesce(ledger.last_ts, api.last_event_at) as last_at
    from (select * from ledger_position where market_id = %(market_id)s and shares_micro > 0) as ledger
    full join (select * from position
               where market_id = %(market_id)s and status = 'OPEN' and absent_since is null and shares_micro > 0) as api
        on api.trader_id = ledger.trader_id and api.outcome_id = ledger.outcome_id
), holder as (
    select (held.trader_id::bigint << 31) + held.outcome_id as id, trader.address, trader.name, trader.tier,
           trader.rarity_score, trader.skill_prob, trader.flags, outcome.name as outcome, outcome.outcome_index,
           held.last_at, held.shares_micro * 0.000001 as shares, held.cost_micro * 0.000001 as cost,
           round(held.cost_micro::numeric / held.shares_micro, 6) as avg_price,
           held.realized_micro * 0.000001 as realized_pnl,
           coalesce(outcome.payout_micro * 0.000001, outcome.price) as mark,
           round(held.shares_micro * 0.000001 * coalesce(outcome.payout_micro * 0.000001, outcome.price), 6) as value,
           round(held.shares_micro * 0.000001 * coalesce(outcome.payout_micro * 0.000001, outcome.price)
                 - held.cost_micro * 0.000001, 6) as unrealized_pnl
    from held
    join trader on trader.id = held.trader_id
    join outcome on outcome.id = held.outcome_id
)
select holder.*, {{sort}} as sort_value
from holder
where true
  and tier = any(%(tiers)s)  --? tiers
  and outcome_index = %(outcome_index)s  --? sided
{{keyset id}}

-- name: market_holder_sides
-- Holders of a market by tier and outcome: people, USD at market, USD paid, shares.
select coalesce(trader.tier, 'none') as tier, outcome.outcome_index, outcome.name as outcome, count(*) as holders,
       sum(held.shares_micro) * 0.000001 as shares, sum(held.cost_micro) * 0.000001 as cost,
       round(sum(held.shares_micro * 0.000001 * coalesce(outcome.payout_micro * 0.000001, outcome.price)), 6) as value
from ledger_position as held
join trader on trader.id = held.trader_id
join outcome on outcome.id = held.outcome_id
where held.market_id = %(market_id)s and held.shares_micro > 0
group by 1, 2, 3
order by 1, 2

-- name: market_prices
-- Prices of the first outcome over time, oldest first: the last one of each of `points` equal spans, so that months of
-- history and the looks of today both show. The newest holds until the last look at the market.
with known as (
    select ts, price from market_price where market_id = %(market_id)s
    union all
    select m.priced_at, newest.price
    from market m
    join lateral (select ts, price, seen_until from market_price p where p.market_id = m.id order by ts desc limit 1) as newest
        on newest.seen_until is null and newest.ts < m.priced_at
    where m.id = %(market_id)s
), bounds as (
    select min(ts) as first, max(ts) as last from known
), spans as (
    select ts, price,
           least(floor(extract(epoch from last - ts) / greatest(extract(epoch from last - first) / %(points)s, 1)),
                 %(points)s - 1) as span
    from known cross join bounds
)
select distinct on (span) ts, price
from spans
order by span desc, ts desc

-- name: market_smart_history
-- A market's smart statistics over time, thinned to at most `points` runs, oldest first, the newest always kept.
with numbered as (
    select computed_at, smart_count, smart_weighted, smart_share, smart_lean, lean_lo, lean_hi, lean_label, smart_score,
           price, row_number() over (order by computed_at desc) as back, count(*) over () as runs
    from market_smart_stats
    where market_id = %(market_id)s
)
select computed_at, smart_count, smart_weighted, smart_share, smart_lean, lean_lo, lean_hi, lean_label, smart_score, price
from numbered
where (back - 1) %% greatest(ceil(runs::numeric / %(points)s)::bigint, 1) = 0
order by computed_at

-- name: market_flow_span
-- Hours between a market's first and last hour of flow.
select coalesce(extract(epoch from max(hour) - min(hour)) / 3600, 0)::integer as hours
from market_smart_flow
where market_id = %(market_id)s

-- name: market_flow
-- Net and gross USD of the chosen tiers per bucket of `hours` hours, oldest first. Net is towards the first outcome.
select date_bin(make_interval(hours => %(hours)s), hour, '2020-01-01Z') as bucket, sum(net_micro) * 0.000001 as net,
       sum(gross_micro) * 0.000001 as gross, max(traders) as traders
from market_smart_flow
where market_id = %(market_id)s and tier = any(%(tiers)s)
group by 1
order by 1

-- name: smart_flow_tiers
-- Net and gross USD of each tier per hour or day in one market, oldest first. Net is towards the first outcome.
select date_trunc(cast(%(per)s as text), hour, 'UTC') as bucket, tier, sum(net_micro) * 0.000001 as net,
       sum(gross_micro) * 0.000001 as gross
from market_smart_flow
where hour >= %(since)s and market_id = %(market_id)s
group by 1, 2
order by 1, 2

-- name: market_trades
-- A market's fills of the wallets we follow, newest first.
select {{columns}}, {{sort}} as sort_value
from trade
join trader on trader.id = trade.trader_id
left join outcome on outcome.id = trade.outcome_id
where trade.market_id = %(market_id)s
  and trader.tier = any(%(tiers)s)  --? tiers
  and trade.side = %(side_sign)s  --? side_sign
{{keyset trade.key}}

-- name: smart_flow_all
-- Net and gross USD of each tier per hour or day over all markets, oldest first. Net is towards the first outcomes.
select date_trunc(cast(%(per)s as text), hour, 'UTC') as bucket, tier, sum(net_micro) * 0.000001 as net,
       sum(gross_micro) * 0.000001 as gross
from smart_flow
where hour >= %(since)s
group by 1, 2
order by 1, 2
