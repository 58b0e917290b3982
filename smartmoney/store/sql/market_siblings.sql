-- The other markets of the same event.
select market.id, market.question, market.group_item_title, market.status, market.price, smart.lean_label,
       smart.smart_lean, smart.smart_count
from market
left join market_smart_current as smart on smart.market_id = market.id
where market.event_id = :event_id and market.id <> :market_id
order by market.volume desc nulls last, market.id
limit 20
