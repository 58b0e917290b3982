-- What smart wallets did to their net positions in the last 24 hours, the largest change first; of all markets at most
-- three a wallet, so that one wallet does not fill the list.
with ranked as (
    select *, after_usd - before_usd as change_usd,
           row_number() over (partition by trader_id order by abs(after_usd - before_usd) desc, market_id) as place
    from market_smart_mover
    where true
      and market_id = :market_id  --? market_id
)
select mover.market_id, mover.kind, mover.tier, mover.before_usd, mover.after_usd, mover.change_usd, mover.traded_usd,
       mover.moved_at, mover.computed_at, trader.address, trader.name, trader.verified, market.question, market.price
from ranked as mover
join trader on trader.id = mover.trader_id
join market on market.id = mover.market_id
where mover.place <= 3
order by abs(mover.change_usd) desc, mover.market_id, mover.trader_id
limit :size
