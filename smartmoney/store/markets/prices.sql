-- name: due
select m.condition_id, o.token_id
from market m
join outcome o on o.market_id = m.id and o.outcome_index = 0
left join watchlist w on w.market_id = m.id
left join market_smart_current s on s.market_id = m.id
where (w.id is not null or s.smart_count > 0)
  and (m.history_at is null or (m.status = 'OPEN' and m.history_at < now() - make_interval(days => %(days)s)))
order by (w.id is null), (m.history_at is not null), s.smart_score desc nulls last, m.id limit %(limit)s

-- name: save
insert into market_price (market_id, ts, price, source, seen_until)
select m.id, to_timestamp(x.second), x.pico / 1e12, 'history', to_timestamp(x.second)
from market m, unnest(%(seconds)s::bigint[], %(picos)s::numeric[]) as x(second, pico)
where m.condition_id = %(condition_id)s
order by 1, 2
on conflict do nothing

-- name: note
update market set history_at = now() where condition_id = %(condition_id)s

-- name: last_looks
select m.condition_id, newest.ts, newest.price, newest.seen_until is null, m.priced_at,
       exists (select from watchlist w where w.market_id = m.id)
       or exists (select from position p where p.market_id = m.id and p.status = 'OPEN')
       or exists (select from ledger_position l where l.market_id = m.id and l.shares_micro > 0)
from market m
left join lateral (select ts, price, seen_until from market_price p where p.market_id = m.id and p.source <> 'history'
                   order by ts desc limit 1) as newest on true
where m.condition_id = any(%(conditions)s)

-- name: end_looks
update market_price p set seen_until = x.until
from unnest(%(markets)s::int[], %(since)s::timestamptz[], %(until)s::timestamptz[]) as x(market_id, since, until)
where p.market_id = x.market_id and p.ts = x.since
