-- name: trader
-- One trader by address, with everything the latest score said.
select trader.*, {{good_at}} as good_at, coalesce(standing.rank, 0) as board_rank, standing.board, standing.fetched_at as board_at
from trader
left join lateral (
    select board, rank, fetched_at from leaderboard_entry
    where trader_id = trader.id and rank is not null order by rank, fetched_at desc limit 1
) as standing on true
where trader.address = %(address)s

-- name: trader_positions
-- A trader's positions: our ledger beside what the API shows. Either may lack a row the other has.
with held as (
    select coalesce(ledger.outcome_id, api.outcome_id) as outcome_id,
           coalesce(ledger.shares_micro, api.shares_micro) as shares_micro,
           coalesce(ledger.cost_micro, (api.shares_micro * api.avg_price)::bigint) as cost_micro,
           coalesce(ledger.realized_micro, api.realized_micro) as realized_micro,
           coalesce(ledger.bought_cost_micro, (api.total_bought_micro * api.avg_price)::bigint) as bought_micro,
           coalesce(ledger.last_ts, api.last_event_at) as last_at,
           coalesce(ledger.settled, api.status = 'CLOSED') or coalesce(ledger.shares_micro, api.shares_micro) = 0 as closed,
           api.current_price, api.status as api_status, api.fetched_at, ledger.trader_id is not null as in_ledger
    from (select * from ledger_position where trader_id = %(trader_id)s) as ledger
    full join (select * from position where trader_id = %(trader_id)s and absent_since is null) as api
        on api.outcome_id = ledger.outcome_id
), valued as (
    select held.*, outcome.market_id, outcome.name as outcome, outcome.outcome_index, market.question, market.category,
           market.status as market_status, market.end_date, market.resolved_at,
           coalesce(outcome.payout_micro * 0.000001, held.current_price, outcome.price) as mark
    from held
    join outcome on outcome.id = held.outcome_id
    join market on market.id = outcome.market_id
), position_row as (
    select outcome_id as id, market_id, question, category, outcome, outcome_index, market_status, end_date,
           resolved_at, closed, api_status, in_ledger, fetched_at, last_at, mark,
           shares_micro * 0.000001 as shares,
           case when shares_micro > 0 then round(cost_micro::numeric / shares_micro, 6) end as avg_price,
           cost_micro * 0.000001 as cost, bought_micro * 0.000001 as bought, realized_micro * 0.000001 as realized_pnl,
           case when not closed then round(shares_micro * 0.000001 * mark, 6) end as value,
           case when not closed then round(shares_micro * 0.000001 * mark - cost_micro * 0.000001, 6) end as unrealized_pnl
    from valued
)
select position_row.*, {{sort}} as sort_value
from position_row
where true
  and not closed  --? open_only
  and closed  --? closed_only
  and category = %(category)s  --? category
  and question ilike %(like)s  --? like
{{keyset id}}

-- name: trader_trades
-- A trader's fills, newest first.
select {{columns}}, {{sort}} as sort_value
from trade
left join market on market.id = trade.market_id
left join outcome on outcome.id = trade.outcome_id
where trade.trader_id = %(trader_id)s
  and market.question ilike %(like)s  --? like
  and trade.side = %(side_sign)s  --? side_sign
{{keyset trade.key}}

-- name: trader_activity
-- What trades alone miss, newest first.
select activity.key as id, activity.ts, activity.kind, activity.raw_kind, activity.size_micro * 0.000001 as shares,
       activity.cash_micro * 0.000001 as cash, '0x' || encode(activity.tx_hash, 'hex') as tx_hash, activity.market_id,
       market.question, outcome.name as outcome, {{sort}} as sort_value
from activity
left join market on market.id = activity.market_id
left join outcome on outcome.id = activity.outcome_id
where activity.trader_id = %(trader_id)s
{{keyset activity.key}}

-- name: trader_daily
-- A trader's days, oldest first.
select {{columns}}
from trader_daily
where trader_id = %(trader_id)s
order by day

-- name: trader_events
-- A trader's result per event, the unit of skill.
select event.id as event_id, event.title, coalesce(result.category, event.category) as category, event.neg_risk,
       result.first_entry_at, result.decided_at, result.pnl_micro * 0.000001 as pnl,
       result.invested_micro * 0.000001 as invested, result.entry_price, result.surprise, result.information,
       result.payoff_range
from trader_event as result
join event on event.id = result.event_id
where result.trader_id = %(trader_id)s
order by abs(result.pnl_micro) desc
limit %(most)s

-- name: trader_categories
-- A trader's results per category, and the edge there as it was computed last.
with result as (
    select coalesce(category, %(uncategorised)s) as category, sum(pnl_micro) * 0.000001 as pnl,
           sum(invested_micro) * 0.000001 as invested, count(*) as events,
           count(*) filter (where abs(pnl_micro) > 10000) as decided, count(*) filter (where pnl_micro > 10000) as won
    from trader_event
    where trader_id = %(trader_id)s
    group by 1
), by_category as (
    select result.*, edge.skill_events, edge.skill_edge, edge.skill_lo, edge.skill_hi, edge.skill_prob, edge.q_value,
           coalesce(edge.good, false) as good
    from result
    left join trader_category edge on edge.trader_id = %(trader_id)s and edge.category = result.category
)
select {{columns}}
from by_category
order by abs(pnl) desc

-- name: trader_calibration
-- Prices paid against outcomes, in tenths of the price: what a wallet paid and how often it was right.
-- The surprise of an event is outcome less price, so price + surprise is the outcome of a one-sided bet.
select width_bucket(entry_price, 0, 1, 10) as bucket, count(*) as events, avg(entry_price) as paid,
       avg(least(greatest(entry_price + surprise, 0), 1)) as won
from trader_event
where trader_id = %(trader_id)s and decided_at is not null and entry_price between 0 and 1 and surprise is not null
group by 1
order by 1

-- name: score_history
-- The append-only history of a trader's score, oldest first.
select {{columns}}
from trader_score
where trader_id = %(trader_id)s
order by as_of

-- name: trader_peers
-- The wallets ranked just above and below, unflagged ones only.
(select id, address, name, tier, rarity_score, skill_prob, skill_edge, total_pnl, event_count, best_category
 from trader where rarity_score >= %(rarity_score)s and id <> %(trader_id)s and flags = '{}'
 order by rarity_score nulls first, id desc limit 4)
union all
(select id, address, name, tier, rarity_score, skill_prob, skill_edge, total_pnl, event_count, best_category
 from trader where rarity_score < %(rarity_score)s and id <> %(trader_id)s and flags = '{}'
 order by rarity_score desc nulls last, id limit 4)
order by rarity_score desc, id

-- name: trade_count
-- How many fills a filtered list has, counted up to `most`.
select count(*) as total
from (
    select 1
    from trade
    left join trader on trader.id = trade.trader_id  --? tiers
    left join market on market.id = trade.market_id  --? like
    where true
      and trade.trader_id = %(trader_id)s  --? trader_id
      and trade.market_id = %(market_id)s  --? market_id
      and trader.tier = any(%(tiers)s)  --? tiers
      and trade.side = %(side_sign)s  --? side_sign
      and market.question ilike %(like)s  --? like
    limit %(most)s
) as counted

-- name: trades_up_to
-- Up to when a wallet's trades are complete.
select watermark
from ingestion_state
where source = 'trades' and key = %(address)s
