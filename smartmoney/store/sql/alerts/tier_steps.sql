-- Changes of tier in a span, of named wallets or from or to one of the tiers.
with looked as (
    select trader_id, as_of, tier from trader_score where as_of > :since and as_of <= :until
), known as (
    select * from looked
    union all
    select last.* from (select distinct trader_id from looked) as wanted
    join lateral (select trader_id, as_of, tier from trader_score as score
                  where score.trader_id = wanted.trader_id and score.as_of <= :since
                  order by score.as_of desc limit 1) as last on true
), step as (
    select *, lag(tier) over (partition by trader_id order by as_of) as before from known
)
select as_of as at, trader_id, before, tier
from step
where as_of > :since and before <> tier
  and (trader_id = any(cast(:named as integer[])) or tier = any(cast(:tiers as text[]))
       or before = any(cast(:tiers as text[])))
order by as_of, trader_id
