-- Every stream by source: how many keys, how many are due or failing, and how complete they are.
select source, count(*) as keys, count(*) filter (where due_at <= now()) as due,
       count(*) filter (where leased_until > now()) as leased,
       count(*) filter (where last_error_at > coalesce(last_success_at, '-infinity')) as failing,
       min(watermark) filter (where last_success_at is not null) as oldest_watermark, max(watermark) as newest_watermark,
       max(last_success_at) as last_success_at, max(last_error_at) as last_error_at,
       count(*) filter (where last_success_at is null) as never_read
from ingestion_state
group by source
order by source
