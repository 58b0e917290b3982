-- The newest errors of streams.
select source, key, last_error_at, last_error
from ingestion_state
where last_error_at > coalesce(last_success_at, '-infinity')
order by last_error_at desc
limit 10
