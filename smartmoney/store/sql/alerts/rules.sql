-- Rules to evaluate; events before starts_at are not told.
select id, name, kind, parameters, enabled, greatest(updated_at, coalesce(skipped_to, updated_at)) as starts_at
from alert_rule
where true
  and id = any(cast(:ids as integer[]))  --? ids
  and enabled  --? enabled
order by id
