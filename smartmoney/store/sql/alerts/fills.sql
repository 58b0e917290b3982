-- Fills of wallets in the outcomes where one side adds up to `least`, with the splits, merges and redemptions there.
with busy as (
    select distinct trader_id, outcome_id, market_id from (
        select trader_id, outcome_id, market_id from trade
        where trader_id = any(cast(:traders as integer[])) and ts between :since and :until
          and market_id = any(cast(:markets as integer[]))  --? markets
        group by trader_id, outcome_id, market_id, side
        having sum(cash_micro) >= :least
    ) as sides
)
select trade.ts, trade.key, trade.trader_id, trade.market_id, market.event_id, trade.outcome_id, trade.side,
       trade.size_micro, trade.cash_micro, trade.price_pico, true as traded
from trade
join busy on busy.trader_id = trade.trader_id and busy.outcome_id = trade.outcome_id
join market on market.id = trade.market_id
where trade.trader_id = any(cast(:traders as integer[])) and trade.ts between :since and :until
union all
select activity.ts, activity.key, activity.trader_id, activity.market_id, null, busy.outcome_id,
       case activity.kind when 'SPLIT' then 1 else -1 end, activity.size_micro, 0, 0, false
from activity
join busy on busy.trader_id = activity.trader_id and busy.market_id = activity.market_id
where activity.ts between :since and :until and activity.kind in ('SPLIT', 'MERGE', 'REDEEM') and activity.size_micro > 0
  and (activity.kind <> 'REDEEM' or activity.outcome_id is null or activity.outcome_id = busy.outcome_id)
order by 1, 7 desc, 2
limit :most
