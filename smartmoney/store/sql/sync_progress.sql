-- How far a trader's streams are.
select source, due_at, priority, leased_until, leased_until > now() as leased, last_success_at, last_error_at, last_error,
       watermark
from ingestion_state
where key = :address and source in ('trades', 'positions')
order by source
