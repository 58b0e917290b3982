-- name: add
insert into neg_risk_group (neg_risk_market_id) select unnest(%(groups)s::text[]) on conflict do nothing

-- name: ids
select neg_risk_market_id, id from neg_risk_group where neg_risk_market_id = any(%(groups)s)

-- name: to_complete
select g.neg_risk_market_id, e.gamma_id
from neg_risk_group g
left join lateral (
    select gamma_id, closed, updated_at from event where neg_risk_market_id = g.neg_risk_market_id order by id limit 1
) as e on true
where g.whole_at is null
   or (g.whole_at < now() - make_interval(secs => %(again)s)
       and (not coalesce(e.closed, false) or g.whole_at < e.updated_at))
order by g.whole_at nulls first, g.id limit %(limit)s

-- name: note_whole
update neg_risk_group set whole_at = now() where neg_risk_market_id = any(%(groups)s)
