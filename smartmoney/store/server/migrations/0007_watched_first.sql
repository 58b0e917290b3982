-- A watched wallet is fetched at once, then ahead of others that are due.

create function fetch_watched() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform request_sync(address, array['trades', 'positions']) from trader where id = new.trader_id;
    return null;
end $$;

create trigger watchlist_fetch after insert on watchlist
    for each row when (new.trader_id is not null) execute function fetch_watched();

update ingestion_state s set priority = greatest(priority, 10)
from watchlist w join trader t on t.id = w.trader_id where s.key = t.address and s.source in ('trades', 'positions');
