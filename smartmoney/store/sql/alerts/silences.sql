-- Spans without a success that are longer than each job's `least` seconds; a job that never succeeded is silent since
-- its first run.
with wanted as (
    select * from unnest(cast(:jobs as text[]), cast(:least as double precision[])) as wanted(job, least)
), success as (
    select run.job, coalesce(run.ended_at, run.started_at) as at
    from ingestion_run as run
    join wanted on wanted.job = run.job
    where run.status in ('done', 'nothing to do') and run.started_at > :reach and run.started_at <= :until
    union all
    select run.job, min(run.started_at)
    from ingestion_run as run
    join wanted on wanted.job = run.job
    where run.started_at <= :until
    group by run.job
    having count(*) filter (where run.status in ('done', 'nothing to do')) = 0
), span as (
    select job, at, lead(at) over (partition by job order by at) as next from success
)
select span.job, span.at as last, span.next
from span
join wanted on wanted.job = span.job
where extract(epoch from coalesce(span.next, :until) - span.at) > wanted.least
  and (span.next is null or span.next > :since)
order by span.at, span.job
