-- name: begin
insert into ingestion_run (job, asked) values (%(job)s, %(asked)s) returning id

-- name: end
update ingestion_run
set ended_at = now(), status = %(status)s, came = %(came)s, changed = %(changed)s, error = %(error)s
where id = %(run_id)s

-- name: attach
update ingestion_run set flow_run_id = coalesce(%(flow_run_id)s, flow_run_id), report = coalesce(%(report)s, report)
where id = %(run_id)s

-- name: close_orphans
update ingestion_run set status = 'crashed', ended_at = now(), error = 'the process ended'
where job = %(job)s and status = 'running'

-- name: newest_open
select id from ingestion_run
where job = %(job)s and status = 'running' and started_at >= %(since)s
order by id desc limit 1

-- name: ever_done
select 1 from ingestion_run where job = %(job)s and status in ('done', 'nothing to do') limit 1
