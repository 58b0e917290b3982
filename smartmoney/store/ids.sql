-- name: wallets
select address, id from trader where address = any(%(keys)s)

-- name: markets
select condition_id, id from market where condition_id = any(%(keys)s)

-- name: tokens
select token_id, id from outcome where token_id = any(%(keys)s)

-- name: label
with unlabelled as (
    select o.id, o.market_id, x.place
    from unnest(%(tokens)s::text[], %(places)s::int[]) as x(token, place)
    join outcome o on o.token_id = x.token
    where o.outcome_index is null
    order by o.token_id
    for no key update of o
)
update outcome o set outcome_index = u.place
from unlabelled u
where o.id = u.id and not exists (
    select from outcome other where other.market_id = u.market_id and other.outcome_index = u.place)
