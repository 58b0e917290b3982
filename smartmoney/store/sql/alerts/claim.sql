-- Takes the delivery that waited longest, and notes that it is being sent before it is. One left in 'sending' by a
-- process that died is taken again when its lease is over.
with next as (
    select alert_id, target, status from alert_delivery
    where status in ('waiting', 'sending') and next_at <= :now
      and target = any(cast(:targets as text[])) and target <> all(cast(:skipped as text[]))
    order by next_at, alert_id
    limit 1
    for update skip locked
)
update alert_delivery as delivery
set status = 'sending', attempts = delivery.attempts + 1, next_at = :lease_end
from next
join alert on alert.id = next.alert_id
join alert_rule as rule on rule.id = alert.rule_id
where delivery.alert_id = next.alert_id and delivery.target = next.target
returning delivery.alert_id, delivery.target, delivery.attempts, next.status = 'sending' as repeated, alert.dedupe_key,
          alert.sentence, alert.event_at, rule.name as rule_name, rule.parameters ->> 'quiet_hours' as quiet_hours
