-- The newest validation runs.
select id, as_of, score_version, verdict, result, created_at
from validation_run
order by as_of desc, id desc
limit :size
