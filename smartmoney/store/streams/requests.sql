-- name: request_sync
-- Puts a trader's streams at the head of the queue; the trader need not be known.
select request_sync(%(address)s, cast(%(sources)s as text[])) as trader_id

-- name: sync_progress
-- How far a trader's streams are.
select source, due_at, priority, leased_until, leased_until > now() as leased, last_success_at, last_error_at, last_error,
       watermark
from ingestion_state
where key = %(address)s and source in ('trades', 'positions')
order by source
