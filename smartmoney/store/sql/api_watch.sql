-- One entry of the watchlist.
select watchlist.id, watchlist.note, watchlist.created_by, watchlist.created_at, trader.address, trader.name, trader.tier,
       market.id as market_id, market.question
from watchlist
left join trader on trader.id = watchlist.trader_id
left join market on market.id = watchlist.market_id
where watchlist.id = :watch_id
