-- name: known
select condition_id from market where condition_id = any(%(conditions)s)

-- name: shorten
update market m set condition_id = x.short
from unnest(%(long)s::text[], %(short)s::text[]) as x(long, short)
where m.condition_id = x.long and not exists (select from market s where s.condition_id = x.short)
