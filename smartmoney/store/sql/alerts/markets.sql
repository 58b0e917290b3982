-- Ids of markets by our number or condition id, and of those on the watchlist if wanted.
select id from market where condition_id = any(cast(:keys as text[]))
union
select id from market where id = any(cast(:numbers as integer[]))
union
select market_id from watchlist where market_id is not null and cast(:watched as boolean)
