-- What a rule has told since a time, by the time of the events.
select dedupe_key as key, event_at as at, trader_id, market_id, event_id, outcome_id, direction, price, detail
from alert
where rule_id = :rule_id and event_at >= :since
order by event_at, id
