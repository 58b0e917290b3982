-- One market by id or condition id, with its event and latest smart statistics.
select market.*, event.title as event_title, event.slug as event_slug, event.neg_risk as event_neg_risk,
       smart.computed_at, smart.smart_count, smart.smart_weighted, smart.smart_weighted_yes, smart.smart_weighted_no,
       smart.smart_share, smart.coverage, smart.smart_lean, smart.lean_lo, smart.lean_hi, smart.lean_label,
       smart.smart_score, smart.smart_score_classic, smart.smart_divergence, smart.top_smart_traders,
       smart.price as smart_price, whole.smart_count as event_count, whole.smart_weighted as event_weighted,
       whole.favourite_market_id as event_favourite
from market
left join event on event.id = market.event_id
left join market_smart_current as smart on smart.market_id = market.id
left join event_smart_stats as whole on whole.event_id = market.event_id and market.neg_risk
                                    and whole.computed_at = smart.computed_at
where true
  and market.id = :market_id  --? market_id
  and market.condition_id = :condition_id  --? condition_id
limit 1
