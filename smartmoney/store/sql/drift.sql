-- Fields of the API that were not expected.
select route, field, json_type, first_seen_at, last_seen_at
from api_shape
where not expected
order by first_seen_at desc
limit 50
