-- name: reserve
select wait_s, closed, reason
from reserve_budget(cast(%(names)s as text[]), cast(%(gaps)s as double precision[]), cast(%(bursts)s as integer[]))

-- name: close
select close_budget(%(name)s, %(seconds)s, %(reason)s)
