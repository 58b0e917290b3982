-- name: try_lock
select pg_try_advisory_lock(%(number)s)

-- name: unlock
select pg_advisory_unlock(%(number)s)
