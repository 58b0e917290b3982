-- name: types
select a.attname, t.typname, a.atttypmod
from pg_attribute a join pg_type t on t.oid = a.atttypid
where a.attrelid = %(table)s::regclass and a.attnum > 0
