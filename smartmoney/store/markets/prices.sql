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
insert into market_price (market_id, ts, price, source)
select m.id, to_timestamp(x.second), x.pico / 1e12, 'history'
from market m, unnest(%(seconds)s::bigint[], %(picos)s::numeric[]) as x(second, pico)
where m.condition_id = %(condition_id)s
order by 1, 2
on conflict do nothing

-- name: note
update market set history_at = now() where condition_id = %(condition_id)s
