-- name: snapshot
insert into position_snapshot (ts, trader_id, outcome_id, market_id, shares_micro, avg_price, pnl_est_micro)
select s.fetched_at, s.trader_id, s.outcome_id, s.market_id, s.shares_micro, s.avg_price,
       coalesce(s.realized_micro, 0) + coalesce(s.unrealized_micro, 0)
from json_populate_recordset(null::public.position, %(rows)s::json) as s
left join position p using (trader_id, outcome_id)
where p.trader_id is null or p.shares_micro <> s.shares_micro or p.avg_price is distinct from s.avg_price
      or p.status <> s.status
order by s.trader_id, s.outcome_id
on conflict do nothing

-- name: mark_absent
update position p set absent_since = coalesce(p.absent_since, %(at)s)
from trader t, outcome o
where t.address = %(address)s and p.trader_id = t.id and o.id = p.outcome_id and p.status <> 'CLOSED'
  and o.token_id = any(%(tokens)s)

-- name: unseen
-- The positions of combos are shown by a route of their own.
select o.token_id
from position p join trader t on t.id = p.trader_id join outcome o on o.id = p.outcome_id
join market m on m.id = p.market_id and m.condition_id !~ '^0x(?!01|02)[0-9a-f]{62}$'
where t.address = %(address)s and p.status <> 'CLOSED' and p.absent_since is null and o.token_id <> all(%(tokens)s)
