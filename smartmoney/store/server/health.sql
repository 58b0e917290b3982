-- name: jobs
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

-- name: first_run
-- When the first run we know of began: how old the installation is, for jobs that were never due yet.
select min(started_at) as began
from ingestion_run

-- name: run
-- One run by id.
select id, job, started_at, ended_at, status, asked, came, changed, error, flow_run_id, report
from ingestion_run
where id = %(run_id)s

-- name: newest_report
-- The newest run of each job that left a report.
select distinct on (job) job, id, ended_at
from ingestion_run
where report is not null and job = any(%(jobs)s)
order by job, started_at desc

-- name: streams
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

-- name: open_list
-- How far the list of all open markets is walked: complete up to when, and the turn under way.
select watermark as complete_at, cursor is not null as going, cast(note ->> 'began' as timestamptz) as began,
       cast(note ->> 'pages' as integer) as pages, cast(note ->> 'last_pages' as integer) as last_pages
from ingestion_state
where source = 'markets' and key = 'open'

-- name: platform
-- How far the platform itself is behind, as it said last.
select cast(note ->> 'lag_s' as bigint) as lag_s, note ->> 'worst' as worst, last_success_at as asked_at
from ingestion_state
where source = 'platform' and key = 'status'

-- name: stream_errors
-- The newest errors of streams.
select source, key, last_error_at, last_error
from ingestion_state
where last_error_at > coalesce(last_success_at, '-infinity')
order by last_error_at desc
limit 10

-- name: quarantine_counts
-- Rows that could not be read, by source and reason.
select source, reason, count(*) as rows, sum(times) as times, max(last_seen_at) as last_seen_at,
       count(*) filter (where last_seen_at > now() - interval '24 hours') as rows_24h
from quarantine
group by source, reason
order by max(last_seen_at) desc
limit 50

-- name: quarantine_samples
-- The newest rows that could not be read, with the beginning of their raw text.
select id, source, key, reason, seen_at, last_seen_at, times,
       left(encode(substring(raw from 1 for 300), 'escape'), 300) as sample, length(raw) as bytes
from quarantine
order by last_seen_at desc
limit 10

-- name: drift
-- Fields of the API that were not expected.
select route, field, json_type, first_seen_at, last_seen_at
from api_shape
where not expected
order by first_seen_at desc
limit 50

-- name: budget
-- The request budget by route.
select route, taken, throttled, next_at, closed_until, closed_reason, coalesce(closed_until > now(), false) as closed
from api_budget
order by coalesce(closed_until > now(), false) desc, throttled desc, taken desc
limit 50

-- name: database_health
-- The database itself: size, connections, newest migration.
select pg_database_size(current_database()) as bytes, current_setting('server_version') as version,
       (select count(*) from pg_stat_activity where datname = current_database()) as connections,
       current_setting('max_connections')::integer as max_connections,
       (select max(number) from migration) as migration, (select max(applied_at) from migration) as migrated_at,
       now() as checked_at

-- name: heartbeats
-- Services that say they live.
select service, pid, started_at, seen_at, detail
from heartbeat
order by seen_at
