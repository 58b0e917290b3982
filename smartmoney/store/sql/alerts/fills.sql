-- Fills of wallets in the markets where one direction adds up to `least`, whichever outcome was traded, with the splits,
-- merges and redemptions there. Buying one outcome and selling the other point the same way; either may be worth more.
with busy as (
    select distinct trader_id, market_id from (
        select trade.trader_id, trade.market_id
        from trade join outcome on outcome.id = trade.outcome_id
        where trade.trader_id = any(cast(:traders as integer[])) and trade.ts between :since and :until
          and trade.market_id = any(cast(:markets as integer[]))  --? markets
        group by trade.trader_id, trade.market_id, trade.side * case outcome.outcome_index when 0 then 1 else -1 end
        having sum(greatest(trade.cash_micro, trade.size_micro - trade.cash_micro)) >= :least
    ) as directions
), sides as (
    select busy.trader_id, busy.market_id, outcome.id as outcome_id,
           (select cast(sum(each.id) - outcome.id as integer) from outcome as each
            where each.market_id = busy.market_id having count(*) = 2) as other_id
    from busy join outcome on outcome.market_id = busy.market_id
)
select trade.ts, trade.key, trade.trader_id, trade.market_id, market.event_id, trade.outcome_id, trade.side,
       trade.size_micro, trade.cash_micro, trade.price_pico, true as traded, sides.other_id
from trade
join sides on sides.trader_id = trade.trader_id and sides.outcome_id = trade.outcome_id
join market on market.id = trade.market_id
where trade.trader_id = any(cast(:traders as integer[])) and trade.ts between :since and :until
union all
select activity.ts, activity.key, activity.trader_id, activity.market_id, null, sides.outcome_id,
       case activity.kind when 'SPLIT' then 1 else -1 end, activity.size_micro, 0, 0, false, sides.other_id
from activity
join sides on sides.trader_id = activity.trader_id and sides.market_id = activity.market_id
where activity.ts between :since and :until and activity.kind in ('SPLIT', 'MERGE', 'REDEEM') and activity.size_micro > 0
  and (activity.kind <> 'REDEEM' or activity.outcome_id is null or activity.outcome_id = sides.outcome_id)
order by 1, 7 desc, 11, 2
limit :most
