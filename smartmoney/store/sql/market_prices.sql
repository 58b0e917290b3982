-- Prices of the first outcome over time, thinned to at most :points looks, oldest first, the newest always kept.
with numbered as (
    select ts, price, row_number() over (order by ts desc) as back, count(*) over () as looks
    from market_price
    where market_id = :market_id
)
select ts, price
from numbered
where (back - 1) % greatest(ceil(looks::numeric / :points)::bigint, 1) = 0
order by ts
