-- name: known_markets
select market_id, structure, facts from ledger_market order by 1

-- name: holders
select trader_id from ledger_position where market_id = any(%(markets)s)
union select trader_id from trade where market_id = any(%(markets)s)  --? in_rows
union select trader_id from activity where market_id = any(%(markets)s)  --? in_rows
