-- name: wallets
select address, id from trader where address = any(%(keys)s)

-- name: markets
select condition_id, id from market where condition_id = any(%(keys)s)

-- name: tokens
select token_id, id from outcome where token_id = any(%(keys)s)
