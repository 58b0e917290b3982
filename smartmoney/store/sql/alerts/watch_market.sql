-- Puts a known market on the watchlist, or changes its note.
insert into watchlist (market_id, note, created_by)
select id, :note, :who from market
where condition_id = cast(:condition_id as text) or id = cast(:market_id as integer)
on conflict (trader_id, market_id) do update set note = excluded.note
returning id
