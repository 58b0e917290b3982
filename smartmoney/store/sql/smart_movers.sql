-- What smart wallets did to their net positions in the last 24 hours, the largest change first.
select mover.market_id, mover.kind, mover.tier, mover.before_usd, mover.after_usd,
       mover.after_usd - mover.before_usd as change_usd, mover.traded_usd, mover.moved_at, mover.computed_at,
       trader.address, trader.name, trader.verified, market.question, market.price
from market_smart_mover as mover
join trader on trader.id = mover.trader_id
join market on market.id = mover.market_id
where true
  and mover.market_id = :market_id  --? market_id
order by abs(mover.after_usd - mover.before_usd) desc, mover.market_id, mover.trader_id
limit :size
