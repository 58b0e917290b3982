-- A run of the scores reads only what is new: the book of a busy wallet is kept as it stood after one of its rows.

alter table ledger_state add column book bytea;      -- packed by store/parts.py; null: the wallet is read from its first row
alter table ledger_state add column book_to bigint;  -- Unix second of the last row in it
alter table ledger_state alter column book set storage external;  -- it is compressed already

-- What the last run knew of each market: digests by store/columns.py. Holders of a market that differs are read again.
create table ledger_market (
    market_id integer primary key,
    structure bigint not null,
    facts     bigint not null
);

-- Derived rows, written by the hundred thousand and only beside their wallet's: references cost more than the rows.
alter table ledger_position drop constraint ledger_position_trader_id_fkey;
alter table ledger_position drop constraint ledger_position_outcome_id_fkey;
alter table trader_event drop constraint trader_event_trader_id_fkey;
alter table trader_event drop constraint trader_event_event_id_fkey;
alter table trader_daily drop constraint trader_daily_trader_id_fkey;

-- A fill that changed (its cash became known) is news as much as one that arrived.
create function note_changed_trades() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into trader_news as n (trader_id, first_new)
    select trader_id, min(ts) from changed group by 1 order by 1
    on conflict (trader_id) do update set first_new = least(n.first_new, excluded.first_new), marks = n.marks + 1;
    return null;
end $$;
create trigger changed_trades after update on trade referencing new table as changed
for each statement execute function note_changed_trades();
