-- What a run left that is hardly true, until a later run finds it no longer so (store/streams/implausible.py).
create table implausible (
    id           bigint generated always as identity primary key,
    kind         text not null check (kind in ('no trades', 'PnL jump', 'unsettled', 'population')),
    key          text not null,
    job          text,
    run_id       bigint,  -- the run that did it
    sentence     text not null,
    seen_at      timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    cleared_at   timestamptz
);
create unique index implausible_open on implausible (kind, key) where cleared_at is null;

-- Whoever unsettles a market: the run that was at work is noted when it ends.
create function note_unsettled() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    about text := case tg_table_name when 'market' then to_jsonb(new) ->> 'condition_id'
                  else (select condition_id from market where id = (to_jsonb(new) ->> 'market_id')::integer) end;
begin
    insert into implausible (kind, key, sentence)
    values ('unsettled', about,
            case tg_table_name when 'market' then format('Market %s had resolved and is %s again.', about, to_jsonb(new) ->> 'status')
            else format('Market %s had resolved, and its payouts changed: %s paid %s and pays %s.', about,
                        coalesce(nullif(to_jsonb(new) ->> 'name', ''), 'an outcome'),
                        (to_jsonb(old) ->> 'payout_micro')::numeric / 1000000, (to_jsonb(new) ->> 'payout_micro')::numeric / 1000000) end)
    on conflict (kind, key) where cleared_at is null
        do update set sentence = excluded.sentence, last_seen_at = now(), job = null, run_id = null;
    return null;
end $$;
create trigger market_unsettled after update of status on market for each row
    when (old.status = 'RESOLVED' and new.status <> 'RESOLVED') execute function note_unsettled();
create trigger payout_changed after update of payout_micro on outcome for each row
    when (old.payout_micro is not null and new.payout_micro is distinct from old.payout_micro) execute function note_unsettled();
grant execute on function note_unsettled to sm_ingest;
