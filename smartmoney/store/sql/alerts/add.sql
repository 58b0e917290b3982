-- A new alert with the market's price as known when it is told, else the price of what happened. Nothing when it is known.
insert into alert (rule_id, dedupe_key, at, event_at, trader_id, market_id, event_id, outcome_id, sentence, detail,
                   direction, price)
select :rule_id, :key, :now, :event_at, :trader_id, :market_id, :event_id, :outcome_id, :sentence,
       cast(:detail as jsonb), :direction, coalesce((
           select case outcome.outcome_index when 0 then seen.price when 1 then 1 - seen.price end
           from market_price as seen
           join outcome on outcome.id = :outcome_id and outcome.market_id = seen.market_id
           where seen.market_id = :market_id and seen.ts <= :now and seen.ts > :now - interval '30 minutes'
           order by seen.ts desc limit 1), cast(:price as numeric))
on conflict (dedupe_key) do nothing
returning id
