-- How many fills a filtered list has, counted up to :most.
select count(*) as total
from (
    select 1
    from trade
    left join trader on trader.id = trade.trader_id  --? tiers
    left join market on market.id = trade.market_id  --? like
    where true
      and trade.trader_id = :trader_id  --? trader_id
      and trade.market_id = :market_id  --? market_id
      and trader.tier = any(:tiers)  --? tiers
      and trade.side = :side_sign  --? side_sign
      and market.question ilike :like  --? like
    limit :most
) as counted
