-- name: save
-- New rows, and whose they are, so that the ledger reads those rows and no others.
with fresh as (
    insert into activity (ts, key, kind, size_micro, cash_micro, trader_id, market_id, outcome_id, occurrence, tx_hash,
                          raw_kind, group_id)
    select ts, key, kind, size_micro, cash_micro, trader_id, market_id, outcome_id, occurrence, tx_hash, raw_kind, group_id
    from json_populate_recordset(null::activity, %(rows)s::json)
    order by ts, key on conflict do nothing
    returning trader_id, ts
), seen as (
    select trader_id, min(ts) as first_new, max(ts) as last_seen from fresh group by 1
), news as (
    insert into trader_news as n (trader_id, first_new) select trader_id, first_new from seen order by 1
    on conflict (trader_id) do update set first_new = least(n.first_new, excluded.first_new), marks = n.marks + 1
), active as (
    update trader t set last_active_at = last_seen from seen
    where t.id = trader_id and (t.last_active_at is null or t.last_active_at < last_seen)
)
select count(*) from fresh
