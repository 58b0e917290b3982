-- name: get
select cursor, cursor_params, last_timestamp, watermark, note
from ingestion_state
where source = %(source)s and key = %(key)s

-- name: advance
insert into ingestion_state as s (source, key, cursor, cursor_params, last_timestamp, note)
values (%(source)s, %(key)s, %(cursor)s, %(params)s, %(last)s, coalesce(%(note)s::jsonb, '{}'))
on conflict (source, key) do update
    set cursor = excluded.cursor, cursor_params = excluded.cursor_params,
        last_timestamp = greatest(s.last_timestamp, excluded.last_timestamp), note = coalesce(%(note)s::jsonb, s.note)

-- name: complete
insert into ingestion_state as s (source, key, watermark, due_at, last_success_at, first_success_at)
values (%(source)s, %(key)s, %(watermark)s, now() + make_interval(secs => %(due_in)s), now(), now())
on conflict (source, key) do update
    set cursor = null, cursor_params = null, watermark = greatest(s.watermark, excluded.watermark), due_at = excluded.due_at,
        priority = coalesce((select case when exists (select from watchlist w where w.trader_id = t.id) then %(watched)s
                                         when t.tier = any(%(tiers)s) then %(kept)s end
                             from trader t where t.address = s.key), 0),
        first_success_at = coalesce(s.first_success_at, now()), last_success_at = now(), last_error = null, leased_until = null, leased_by = null

-- name: fail
insert into ingestion_state as s (source, key, due_at, last_error, last_error_at)
values (%(source)s, %(key)s, now() + make_interval(secs => %(due_in)s), %(error)s, now())
on conflict (source, key) do update
    set due_at = excluded.due_at, last_error = excluded.last_error, last_error_at = now(), leased_until = null,
        leased_by = null

-- name: enroll
insert into ingestion_state (source, key)
select %(source)s, key from unnest(%(keys)s::text[]) as key
on conflict do nothing
