-- name: last_wallet
select coalesce(max(trader_id), 0) as trader_id from trader_event

-- name: counted_events
select trader_id, category, entry_price, surprise, information
from trader_event
where trader_id > %(after)s and trader_id <= %(up_to)s
  and entry_price is not null and surprise is not null and information is not null
  and category is distinct from %(excluded)s

-- name: clear
delete from trader_category
