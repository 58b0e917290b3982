-- The newest run of each job that left a report.
select distinct on (job) job, id, ended_at
from ingestion_run
where report is not null and job = any(:jobs)
order by job, started_at desc
