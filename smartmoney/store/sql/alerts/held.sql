-- Shares each wallet held of each outcome before a time: bought less sold, with splits, merges and redemptions.
with pair as (
    select * from unnest(cast(:traders as integer[]), cast(:outcomes as integer[]), cast(:markets as integer[]))
        as pair(trader_id, outcome_id, market_id)
)
select trader_id, outcome_id, cast(sum(shares) as bigint) as shares from (
    select trade.trader_id, trade.outcome_id, sum(trade.side * trade.size_micro) as shares
    from trade
    join pair on pair.trader_id = trade.trader_id and pair.outcome_id = trade.outcome_id
    where trade.trader_id = any(cast(:traders as integer[])) and trade.ts < :before
    group by trade.trader_id, trade.outcome_id
    union all
    select pair.trader_id, pair.outcome_id,
           sum(case activity.kind when 'SPLIT' then activity.size_micro else -activity.size_micro end)
    from activity
    join pair on pair.trader_id = activity.trader_id and pair.market_id = activity.market_id
    where activity.ts < :before and activity.kind in ('SPLIT', 'MERGE', 'REDEEM')
      and (activity.kind <> 'REDEEM' or activity.outcome_id is null or activity.outcome_id = pair.outcome_id)
    group by pair.trader_id, pair.outcome_id
) as parts
group by trader_id, outcome_id
