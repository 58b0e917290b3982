-- name: score_runs
-- The newest scoring runs.
select id, as_of, score_version, population, scored, mu, tau, parameters, created_at
from score_run
order by as_of desc
limit %(size)s

-- name: validation_runs
-- The newest validation runs.
select id, as_of, score_version, verdict, result, created_at
from validation_run
order by as_of desc, id desc
limit %(size)s

-- name: lean_proofs
-- The newest proofs of the lean.
select id, as_of, verdict, result
from lean_proof
order by id desc
limit %(size)s

-- name: last_run
select created_at, score_version from score_run order by id desc limit 1

-- name: save_validation
insert into validation_run (as_of, score_version, verdict, result)
values (%(as_of)s, %(version)s, %(verdict)s, %(result)s)

-- name: save_proof
insert into lean_proof (as_of, verdict, result) values (%(as_of)s, %(verdict)s, %(result)s)
