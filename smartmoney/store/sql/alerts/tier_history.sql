-- The tiers wallets had in a span, with the one before it.
select trader_id, as_of, tier, flags <> '{}' as flagged
from trader_score
where trader_id = any(cast(:traders as integer[])) and as_of > :since and as_of <= :until
union all
select last.trader_id, last.as_of, last.tier, last.flags <> '{}'
from unnest(cast(:traders as integer[])) as wanted(id)
join lateral (select * from trader_score as score where score.trader_id = wanted.id and score.as_of <= :since
              order by score.as_of desc limit 1) as last on true
order by 1, 2
