-- Rows that could not be read, by source and reason.
select source, reason, count(*) as rows, sum(times) as times, max(last_seen_at) as last_seen_at,
       count(*) filter (where last_seen_at > now() - interval '24 hours') as rows_24h
from quarantine
group by source, reason
order by max(last_seen_at) desc
limit 50
