-- The newest proofs of the lean.
select id, as_of, verdict, result
from lean_proof
order by id desc
limit :size
