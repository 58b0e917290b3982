-- The request budget by route.
select route, taken, throttled, next_at, closed_until, closed_reason, coalesce(closed_until > now(), false) as closed
from api_budget
order by coalesce(closed_until > now(), false) desc, throttled desc, taken desc
limit 50
