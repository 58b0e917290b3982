-- name: alerts
-- Alerts, newest first, with what became of them.
select alert.id, alert.at, alert.sentence, alert.detail, alert.price, alert.price_1h, alert.price_24h, alert.settled,
       rule.id as rule_id, rule.name as rule_name, rule.kind, trader.address, trader.name as trader_name, trader.tier,
       market.id as market_id, market.question, outcome.name as outcome,
       (select count(*) from alert_delivery where alert_id = alert.id) as deliveries,
       (select count(*) from alert_delivery where alert_id = alert.id and status = 'sent') as sent,
       (select count(*) from alert_delivery where alert_id = alert.id and status = 'failed') as failed,
       (select max(error) from alert_delivery where alert_id = alert.id and status = 'failed') as delivery_error,
       {{sort}} as sort_value
from alert
join alert_rule as rule on rule.id = alert.rule_id
left join trader on trader.id = alert.trader_id
left join market on market.id = alert.market_id
left join outcome on outcome.id = alert.outcome_id
where true
  and rule.id = %(rule_id)s  --? rule_id
  and alert.sentence ilike %(like)s  --? like
{{keyset alert.id}}

-- name: fired
-- What a rule has told since a time, by the time of the events.
select dedupe_key as key, event_at as at, trader_id, market_id, event_id, outcome_id, direction, price, detail
from alert
where rule_id = %(rule_id)s and event_at >= %(since)s
order by event_at, id

-- name: fired_lately
-- How many alerts a rule told since a time, by the time they were told.
select count(*) as fired from alert where rule_id = %(rule_id)s and at > %(since)s

-- name: add
-- A new alert with the market's price as known when it is told, else the price of what happened. Nothing when it is known.
insert into alert (rule_id, dedupe_key, at, event_at, trader_id, market_id, event_id, outcome_id, sentence, detail,
                   direction, price)
select %(rule_id)s, %(key)s, %(now)s, %(event_at)s, %(trader_id)s, %(market_id)s, %(event_id)s, %(outcome_id)s, %(sentence)s,
       cast(%(detail)s as jsonb), %(direction)s, coalesce((
           select case outcome.outcome_index when 0 then seen.price when 1 then 1 - seen.price end
           from market_price as seen
           join outcome on outcome.id = %(outcome_id)s and outcome.market_id = seen.market_id
           join market on market.id = seen.market_id
           where seen.market_id = %(market_id)s and seen.ts <= %(now)s
             and coalesce(seen.seen_until, market.priced_at) > %(now)s - interval '30 minutes'
           order by seen.ts desc limit 1), cast(%(price)s as numeric))
on conflict (dedupe_key) do nothing
returning id

-- name: add_deliveries
-- One delivery per target of a new alert.
insert into alert_delivery (alert_id, target, next_at)
select %(alert_id)s, target, %(next_at)s from unnest(cast(%(targets)s as text[])) as target
on conflict do nothing

-- name: follow_price
-- The price of an alert's outcome some time after it was told: its payout when it had resolved by then, else the last
-- look at its price within the tolerance. Unknown stays null.
update alert
set {{column}} = found.price
from (
    select alert.id, case
        when market.status = 'RESOLVED' and market.resolved_at <= alert.at + cast(%(after)s as interval)
            then outcome.payout_micro * 0.000001
        when outcome.outcome_index = 0 then seen.price
        when outcome.outcome_index = 1 then 1 - seen.price
        end as price
    from alert
    join outcome on outcome.id = alert.outcome_id
    join market on market.id = alert.market_id
    left join lateral (
        select price from market_price p
        where p.market_id = alert.market_id and p.ts <= alert.at + cast(%(after)s as interval)
          and coalesce(p.seen_until, market.priced_at)
              > alert.at + cast(%(after)s as interval) - cast(%(tolerance)s as interval)
        order by p.ts desc limit 1) as seen on true
    where alert.{{column}} is null and alert.at > %(now)s - cast(%(after)s as interval) - interval '7 days'
      and alert.at + cast(%(after)s as interval) + interval '10 minutes' <= %(now)s
) as found
where alert.id = found.id and found.price is not null
returning alert.id

-- name: follow_settled
-- What an alert's outcome paid once its market had resolved.
update alert
set settled = outcome.payout_micro * 0.000001
from outcome
join market on market.id = outcome.market_id
where alert.settled is null and outcome.id = alert.outcome_id and market.status = 'RESOLVED'
  and outcome.payout_micro is not null
returning alert.id
