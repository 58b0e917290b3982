-- Puts a known wallet on the watchlist, or changes its note.
insert into watchlist (trader_id, note, created_by)
select id, :note, :who from trader where address = :address
on conflict (trader_id, market_id) do update set note = excluded.note
returning id
