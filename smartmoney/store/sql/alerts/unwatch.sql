-- Takes an entry off the watchlist.
delete from watchlist where id = :watch_id returning id
