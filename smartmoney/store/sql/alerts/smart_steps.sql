-- Consecutive values of a statistic between which a level lies.
with looked as (
    select market_id, computed_at, {{measure}} as value, smart_lean, lean_label, smart_score, price
    from market_smart_stats
    where computed_at > :since and computed_at <= :until and {{measure}} is not null
      and market_id = any(cast(:markets as integer[]))  --? markets
), known as (
    select * from looked
    union all
    select last.* from (select distinct market_id from looked) as wanted
    join lateral (
        select market_id, computed_at, {{measure}} as value, smart_lean, lean_label, smart_score, price
        from market_smart_stats as stats
        where stats.market_id = wanted.market_id and computed_at <= :since and {{measure}} is not null
        order by computed_at desc limit 1) as last on true
), step as (
    select *, lag(value) over (partition by market_id order by computed_at) as before from known
)
select step.computed_at as at, step.market_id, market.event_id, step.before, step.value, step.smart_lean as lean,
       step.lean_label, step.smart_score as score, step.price, first.id as first_outcome_id,
       second.id as second_outcome_id
from step
join market on market.id = step.market_id
left join outcome as first on first.market_id = step.market_id and first.outcome_index = 0
left join outcome as second on second.market_id = step.market_id and second.outcome_index = 1
where step.computed_at > :since and (step.before < :level) <> (step.value < :level)
order by step.computed_at, step.market_id
