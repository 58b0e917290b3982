-- What each role may do. sm_owner owns and migrates; sm_ingest writes data; sm_read serves pages and the REST API:
-- it selects, and writes only what people edit.

grant usage on schema public to sm_ingest, sm_read;
revoke create on schema public from public;

grant select, insert, update, delete on all tables in schema public to sm_ingest;
grant usage on all sequences in schema public to sm_ingest;
grant execute on function ensure_trade_partitions, reserve_budget, close_budget to sm_ingest;

grant select on all tables in schema public to sm_read;
grant insert, update, delete on watchlist, alert_rule, setting to sm_read;
revoke all on function ensure_trade_partitions, reserve_budget, close_budget from public;

alter default privileges in schema public grant select, insert, update, delete on tables to sm_ingest;
alter default privileges in schema public grant usage on sequences to sm_ingest;
alter default privileges in schema public grant select on tables to sm_read;
alter default privileges in schema public revoke execute on functions from public;

-- A page may ask for a trader to be fetched first; the trader need not be known yet.
create function request_sync(wanted_address text, sources text[]) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    found integer;
begin
    if wanted_address !~ '^0x[0-9a-f]{40}$' then
        raise exception 'not a wallet address: %', left(wanted_address, 60);
    end if;
    insert into trader (address, found_by) values (wanted_address, 'request')
    on conflict (address) do update set updated_at = trader.updated_at
    returning id into found;
    insert into ingestion_state (source, key, due_at, priority)
    select source, wanted_address, now(), 100 from unnest(sources) as source
    where source in ('trades', 'positions')
    on conflict (source, key) do update set due_at = least(ingestion_state.due_at, now()), priority = 100;
    return found;
end $$;
grant execute on function request_sync to sm_read, sm_ingest;
