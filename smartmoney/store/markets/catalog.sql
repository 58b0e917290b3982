-- name: free_indexes
-- Outcomes of these markets whose token is not the one given for their index any more lose it.
update outcome o set outcome_index = null
where o.market_id = any(%(markets)s) and o.outcome_index is not null and not exists (
    select from unnest(%(tokens)s::text[], %(indexes)s::int[]) as x(token, place)
    where x.token = o.token_id and x.place = o.outcome_index)

-- name: note_payouts
-- When a market's payouts were first known, or changed: its holders are scored again after that.
update market set resolution_seen_at = now()
where id in (
    select x.market_id
    from unnest(%(markets)s::int[], %(tokens)s::text[], %(payouts)s::int[]) as x(market_id, token, payout)
    left join outcome o on o.token_id = x.token
    where x.payout is not null and o.payout_micro is distinct from x.payout)

-- name: lock
-- Markets before their outcomes, as everybody takes them.
select from market where condition_id = any(%(conditions)s) order by condition_id for no key update

-- name: pay
update outcome o set payout_micro = x.payout
from unnest(%(conditions)s::text[], %(places)s::int[], %(payouts)s::int[]) as x(condition, place, payout)
join market m on m.condition_id = x.condition
where o.market_id = m.id and o.outcome_index = x.place and o.payout_micro is distinct from x.payout
returning m.condition_id

-- name: resolve
update market m
set status = 'RESOLVED', resolved_at = coalesce(x.resolved_at, m.resolved_at), resolution_source = x.source, resolution_seen_at = now(),
    updated_at = now()
from unnest(%(conditions)s::text[], %(times)s::timestamptz[], %(sources)s::text[]) as x(condition, resolved_at, source)
where m.condition_id = x.condition and (m.condition_id = any(%(paid)s) or m.status <> 'RESOLVED')

-- name: by_question
select question_id, condition_id from market where question_id = any(%(questions)s)

-- name: save_interest
update market m set open_interest = x.interest
from unnest(%(conditions)s::text[], %(values)s::numeric[]) as x(condition, interest)
where m.condition_id = x.condition

-- name: named
select condition_id from market where gamma_id is null order by updated_at, id limit %(limit)s

-- name: gone
select condition_id from market where gamma_id is not null and status = 'OPEN' and updated_at < %(since)s
order by updated_at, id limit %(limit)s

-- name: unresolved
-- What somebody is still in first: their PnL waits for it.
select condition_id from market m where status = 'CLOSED'
order by exists (select from ledger_position l where l.market_id = m.id and l.shares_micro > 0) desc, updated_at, id
limit %(limit)s

-- name: touch
update market set updated_at = now() where condition_id = any(%(conditions)s)

-- name: interesting
select r.condition_id
from (select m.condition_id, w.id is null as others, row_number() over (
          partition by w.id is null order by (m.status <> 'OPEN'), m.volume_24h desc nulls last, m.id) as place
      from market m left join watchlist w on w.market_id = m.id) as r
left join ingestion_state s on s.source = 'discover' and s.key = r.condition_id
where (not r.others or r.place <= %(most)s)
  and (s.last_success_at is null or s.last_success_at < now() - make_interval(secs => %(rest)s))
order by r.others, r.place

-- name: held
-- Watched markets first, then those looked at longest ago.
select condition_id from market m
left join watchlist w on w.market_id = m.id
where m.status = 'OPEN' and (
    (%(watched)s and w.id is not null)
    or exists (select from position p where p.market_id = m.id and p.status = 'OPEN')
    or exists (select from ledger_position l where l.market_id = m.id and l.shares_micro > 0))
order by (w.id is null), m.updated_at, m.id
