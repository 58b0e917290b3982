-- Prices of the first outcome over time, oldest first: the last one of each of :points equal spans, so that months of
-- history and the looks of today both show.
with bounds as (
    select min(ts) as first, max(ts) as last from market_price where market_id = :market_id
), spans as (
    select ts, price,
           least(floor(extract(epoch from last - ts) / greatest(extract(epoch from last - first) / :points, 1)),
                 :points - 1) as span
    from market_price cross join bounds
    where market_id = :market_id
)
select distinct on (span) ts, price
from spans
order by span desc, ts desc
