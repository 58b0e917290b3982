-- A market's smart statistics over time, thinned to at most :points runs, oldest first, the newest always kept.
with numbered as (
    select computed_at, smart_count, smart_weighted, smart_share, smart_lean, lean_lo, lean_hi, lean_label, smart_score,
           price, row_number() over (order by computed_at desc) as back, count(*) over () as runs
    from market_smart_stats
    where market_id = :market_id
)
select computed_at, smart_count, smart_weighted, smart_share, smart_lean, lean_lo, lean_hi, lean_label, smart_score, price
from numbered
where (back - 1) % greatest(ceil(runs::numeric / :points)::bigint, 1) = 0
order by computed_at
