-- Watches a trader or a market, while the list has room; one that is watched already gets the new note.
insert into watchlist (trader_id, market_id, note, created_by)
select (select id from trader where address = cast(:address as text)),
       (select id from market where id = cast(:market_id as integer)), :note, :created_by
where (select count(*) from watchlist) < :most
on conflict (trader_id, market_id) do update set note = excluded.note
returning id
