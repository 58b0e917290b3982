-- The newest scoring runs.
select id, as_of, score_version, population, scored, mu, tau, parameters, created_at
from score_run
order by as_of desc
limit :size
