-- name: save_legs
insert into combo_leg as l (market_id, leg_index, condition_id, token_id, outcome_index, outcome, title, slug, event_slug,
                            event_title, status, resolved_at)
select distinct on (m.id, x.leg_index) m.id, x.leg_index, x.condition_id, x.token_id, x.outcome_index, x.outcome, x.title,
       x.slug, x.event_slug, x.event_title, x.status, to_timestamp(x.resolved_ts)
from json_to_recordset(%(rows)s::json) as x(combo text, leg_index int, condition_id text, token_id text, outcome_index int,
    outcome text, title text, slug text, event_slug text, event_title text, status text, resolved_ts float8)
join market m on m.condition_id = x.combo
order by m.id, x.leg_index
on conflict (market_id, leg_index) do update
    set status = excluded.status, resolved_at = coalesce(excluded.resolved_at, l.resolved_at)
