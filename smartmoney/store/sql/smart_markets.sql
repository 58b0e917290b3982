-- The list of markets with smart money in them, from the newest statistics.
select smart.market_id as id, market.question, market.slug, market.category, market.status, market.price, market.liquidity,
       market.volume_24h, market.end_date, market.neg_risk, market.group_item_title, event.id as event_id,
       event.title as event_title, smart.computed_at, smart.score_version, smart.smart_count, smart.smart_weighted,
       smart.smart_weighted_yes, smart.smart_weighted_no, smart.smart_share, smart.coverage, smart.smart_lean,
       smart.lean_lo, smart.lean_hi, smart.lean_label, smart.smart_score, smart.smart_score_classic,
       smart.smart_divergence, smart.price as smart_price, smart.top_smart_traders,
       (select count(*) from market as other join market_smart_current on market_id = other.id
        where market.neg_risk and other.event_id = market.event_id) as event_markets,
       whole.smart_count as event_count, whole.smart_weighted as event_weighted, {{sort}} as sort_value
from market_smart_current as smart
left join market on market.id = smart.market_id
left join event on event.id = market.event_id
left join event_smart_stats as whole on whole.event_id = market.event_id and market.neg_risk
                                    and whole.computed_at = smart.computed_at
where true
  and smart.lean_label = any(:leans)  --? leans
  and market.category = :category  --? category
  and market.status = any(:statuses)  --? statuses
  and market.liquidity >= cast(:min_liquidity as numeric)  --? min_liquidity
  and smart.smart_count >= :min_count  --? min_count
  and market.question ilike :like  --? like
  and smart.leads_event  --? grouped
  and exists (select from watchlist where watchlist.market_id = smart.market_id)  --? watched
  and {{sort}} is not null  --? valued
  and {{sort}} {{past}}= cast(:after as {{type}})  --? valued after
  and ({{sort}} <> cast(:after as {{type}}) or smart.market_id {{behind}} :after_id)  --? valued after
  and {{sort}} is null  --? unvalued
  and smart.market_id > :after_id  --? unvalued_after
order by {{sort}} {{direction}}, smart.market_id {{tie}}  --? paged
limit :size  --? paged
