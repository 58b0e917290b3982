-- The list of markets. Conditional lines: see store/reads/base.py.
select market.id, market.condition_id, market.question, market.slug, market.category, market.status, market.neg_risk,
       market.price, market.price_change_24h, market.best_bid, market.best_ask, market.volume, market.volume_24h,
       market.liquidity, market.end_date, market.resolved_at, market.priced_at, event.id as event_id,
       event.title as event_title, smart.smart_count, smart.smart_score, smart.smart_lean, smart.lean_label,
       smart.computed_at, {{sort}} as sort_value
from market
left join event on event.id = market.event_id
left join market_smart_current as smart on smart.market_id = market.id
where true
  and market.status = any(:statuses)  --? statuses
  and market.category = :category  --? category
  and market.liquidity >= cast(:min_liquidity as numeric)  --? min_liquidity
  and market.end_date between now() and now() + make_interval(days => :ends_within_days)  --? ends_within_days
  and (market.question ilike :like or market.condition_id like :prefix)  --? like prefix
  and market.question ilike :like  --? like plain_text
  and smart.smart_count > 0  --? smart_only
  and {{sort}} is not null  --? valued
  and {{sort}} {{past}}= cast(:after as {{type}})  --? valued after
  and ({{sort}} <> cast(:after as {{type}}) or market.id {{behind}} :after_id)  --? valued after
  and {{sort}} is null  --? unvalued
  and market.id > :after_id  --? unvalued_after
order by {{sort}} {{direction}}, market.id {{tie}}  --? paged
limit :size  --? paged
