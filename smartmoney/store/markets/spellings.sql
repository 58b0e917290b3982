-- name: known
select condition_id from market where condition_id = any(%(conditions)s)

-- name: of_tokens
select o.token_id, m.condition_id from outcome o join market m on m.id = o.market_id where o.token_id = any(%(tokens)s)

-- name: shorten
update market m set condition_id = x.short
from unnest(%(long)s::text[], %(short)s::text[]) as x(long, short)
where m.condition_id = x.long and not exists (select from market s where s.condition_id = x.short)
