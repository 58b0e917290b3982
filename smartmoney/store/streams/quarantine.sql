-- name: seen
insert into api_shape as s (route, field, json_type, expected)
select %(route)s, name, kind, expected
from unnest(%(names)s::text[], %(kinds)s::text[], %(expected)s::boolean[]) as x(name, kind, expected)
order by name, kind
on conflict (route, field, json_type) do update set last_seen_at = now()
    where s.last_seen_at < now() - interval '1 minute'
returning s.field, s.json_type, s.xmax = 0, s.expected
