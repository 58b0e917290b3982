-- Ids of wallets by address, and of those on the watchlist if wanted.
select id from trader where address = any(cast(:addresses as text[]))
union
select trader_id from watchlist where trader_id is not null and cast(:watched as boolean)
