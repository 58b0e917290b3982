-- Who holds a market now: our ledger, or what the API shows where the ledger has no row.
with held as (
    select coalesce(ledger.trader_id, api.trader_id) as trader_id,
           coalesce(ledger.outcome_id, api.outcome_id) as outcome_id,
           coalesce(ledger.shares_micro, api.shares_micro) as shares_micro,
           coalesce(ledger.cost_micro, (api.shares_micro * api.avg_price)::bigint) as cost_micro,
           coalesce(ledger.realized_micro, api.realized_micro) as realized_micro,
           coalesce(ledger.last_ts, api.last_event_at) as last_at
    from (select * from ledger_position where market_id = :market_id and shares_micro > 0) as ledger
    full join (select * from position
               where market_id = :market_id and status = 'OPEN' and absent_since is null and shares_micro > 0) as api
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
  and tier = any(:tiers)  --? tiers
  and outcome_index = :outcome_index  --? sided
  and {{sort}} is not null  --? valued
  and {{sort}} {{past}}= cast(:after as {{type}})  --? valued after
  and ({{sort}} <> cast(:after as {{type}}) or id {{behind}} :after_id)  --? valued after
  and {{sort}} is null  --? unvalued
  and id > :after_id  --? unvalued_after
order by {{sort}} {{direction}}, id {{tie}}  --? paged
limit :size  --? paged
