-- name: watchlist
-- What people watch.
select watchlist.id, watchlist.note, watchlist.created_by, watchlist.created_at, trader.address, trader.name, trader.tier,
       market.id as market_id, market.question
from watchlist
left join trader on trader.id = watchlist.trader_id
left join market on market.id = watchlist.market_id
order by watchlist.created_at desc
limit 500

-- name: watched
-- A trader's or a market's entry on the watchlist.
select id, note
from watchlist
where true
  and trader_id = %(trader_id)s  --? trader_id
  and market_id = %(market_id)s  --? market_id

-- name: watch
-- One entry of the watchlist.
select watchlist.id, watchlist.note, watchlist.created_by, watchlist.created_at, trader.address, trader.name, trader.tier,
       market.id as market_id, market.question
from watchlist
left join trader on trader.id = watchlist.trader_id
left join market on market.id = watchlist.market_id
where watchlist.id = %(watch_id)s

-- name: watch_trader
-- Puts a known wallet on the watchlist, or changes its note.
insert into watchlist (trader_id, note, created_by)
select id, %(note)s, %(who)s from trader where address = %(address)s
on conflict (trader_id, market_id) do update set note = excluded.note
returning id

-- name: watch_market
-- Puts a known market on the watchlist, or changes its note.
insert into watchlist (market_id, note, created_by)
select id, %(note)s, %(who)s from market
where condition_id = cast(%(condition_id)s as text) or id = cast(%(market_id)s as integer)
on conflict (trader_id, market_id) do update set note = excluded.note
returning id

-- name: unwatch
-- Takes an entry off the watchlist.
delete from watchlist where id = %(watch_id)s returning id
