-- One run by id.
select id, job, started_at, ended_at, status, asked, came, changed, error, flow_run_id, report
from ingestion_run
where id = :run_id
