-- Hours between a market's first and last hour of flow.
select coalesce(extract(epoch from max(hour) - min(hour)) / 3600, 0)::integer as hours
from market_smart_flow
where market_id = :market_id
