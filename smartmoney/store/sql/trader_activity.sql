-- What trades alone miss, newest first.
select activity.key as id, activity.ts, activity.kind, activity.raw_kind, activity.size_micro * 0.000001 as shares,
       activity.cash_micro * 0.000001 as cash, '0x' || encode(activity.tx_hash, 'hex') as tx_hash, activity.market_id,
       market.question, outcome.name as outcome, {{sort}} as sort_value
from activity
left join market on market.id = activity.market_id
left join outcome on outcome.id = activity.outcome_id
where activity.trader_id = :trader_id
  and {{sort}} is not null  --? valued
  and {{sort}} {{past}}= cast(:after as {{type}})  --? valued after
  and ({{sort}} <> cast(:after as {{type}}) or activity.key {{behind}} :after_id)  --? valued after
  and {{sort}} is null  --? unvalued
  and activity.key > :after_id  --? unvalued_after
order by {{sort}} {{direction}}, activity.key {{tie}}  --? paged
limit :size  --? paged
