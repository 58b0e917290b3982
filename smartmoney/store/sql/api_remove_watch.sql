-- Stops watching.
delete from watchlist where id = :watch_id returning id
