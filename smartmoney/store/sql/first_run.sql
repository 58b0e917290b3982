-- When the first run we know of began: how old the installation is, for jobs that were never due yet.
select min(started_at) as began
from ingestion_run
