-- name: resolved
-- Price of outcome 0 as last seen by a day before the resolution: an observation of it, or a fill of a wallet we follow, of
-- that day.
select m.id as market_id, coalesce(m.event_id, -m.id) as event_id, o.payout_micro / 1e6::float8 as won,
       extract(epoch from m.resolved_at)::bigint as resolved_at, extract(epoch from day.before)::bigint as at,
       coalesce(look.price, fill.price)::float8 as price
from market m
join outcome o on o.market_id = m.id and o.outcome_index = 0 and o.payout_micro is not null
cross join lateral (select m.resolved_at - interval '24 hours' as before) as day
left join lateral (select p.price from market_price p where p.market_id = m.id and p.ts <= day.before
                   and coalesce(p.seen_until, m.priced_at) > day.before - interval '24 hours' order by p.ts desc limit 1) as look on true
left join lateral (
    select case side.outcome_index when 0 then t.price_pico else 1000000000000 - t.price_pico end / 1e12 as price
    from trade t join outcome side on side.id = t.outcome_id and side.outcome_index in (0, 1)
    where look.price is null and t.market_id = m.id and t.ts <= day.before and t.ts > day.before - interval '24 hours'
    order by t.ts desc, t.key limit 1) as fill on true
where m.status = 'RESOLVED' and m.resolved_at is not null and coalesce(look.price, fill.price) is not null
order by m.id

-- name: history
select trader_id, extract(epoch from as_of)::bigint as as_of, tier, skill_prob, flags <> '{}' as flagged
from trader_score order by as_of, trader_id
