-- A trader's or a market's entry on the watchlist.
select id, note
from watchlist
where true
  and trader_id = :trader_id  --? trader_id
  and market_id = :market_id  --? market_id
