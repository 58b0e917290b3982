-- Markets whose price moved most in 24 hours, among those with money in them.
select market.id, market.question, market.category, market.price, market.price_change_24h, market.volume_24h,
       market.liquidity, market.end_date, smart.lean_label, smart.smart_count
from market
left join market_smart_current as smart on smart.market_id = market.id
where market.status = 'OPEN' and market.price_change_24h is not null and market.volume_24h >= :min_volume
order by abs(market.price_change_24h) desc, market.id
limit :size
