-- A new note for an entry of the watchlist.
update watchlist set note = :note where id = :watch_id returning id
