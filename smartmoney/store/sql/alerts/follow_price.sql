-- The price of an alert's outcome some time after it was told: its payout when it had resolved by then, else the last
-- look at its price within the tolerance. Unknown stays null.
update alert
set {{column}} = found.price
from (
    select alert.id, case
        when market.status = 'RESOLVED' and market.resolved_at <= alert.at + cast(:after as interval)
            then outcome.payout_micro * 0.000001
        when outcome.outcome_index = 0 then seen.price
        when outcome.outcome_index = 1 then 1 - seen.price
        end as price
    from alert
    join outcome on outcome.id = alert.outcome_id
    join market on market.id = alert.market_id
    left join lateral (
        select price from market_price
        where market_price.market_id = alert.market_id and market_price.ts <= alert.at + cast(:after as interval)
          and market_price.ts > alert.at + cast(:after as interval) - cast(:tolerance as interval)
        order by market_price.ts desc limit 1) as seen on true
    where alert.{{column}} is null and alert.at > :now - cast(:after as interval) - interval '7 days'
      and alert.at + cast(:after as interval) + interval '10 minutes' <= :now
) as found
where alert.id = found.id and found.price is not null
returning alert.id
