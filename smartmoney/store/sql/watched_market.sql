-- A market's entry on the watchlist.
select id, note from watchlist where market_id = :market_id
