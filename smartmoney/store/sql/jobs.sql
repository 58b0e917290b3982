-- Every job: its newest run, its newest success, and failures in 24 hours.
with newest as (
    select distinct on (job) * from ingestion_run order by job, started_at desc
), success as (
    select distinct on (job) job, started_at, ended_at from ingestion_run
    where status in ('done', 'nothing to do') order by job, started_at desc
), failures as (
    select job, count(*) as failed from ingestion_run
    where status in ('failed', 'timed out', 'crashed') and started_at > now() - interval '24 hours' group by job
)
select newest.id, newest.job, newest.started_at, newest.ended_at, newest.status, newest.asked, newest.came, newest.changed,
       newest.error, newest.flow_run_id, newest.report, success.ended_at as last_success_at,
       coalesce(failures.failed, 0) as failed_24h
from newest
left join success on success.job = newest.job
left join failures on failures.job = newest.job
order by newest.job
