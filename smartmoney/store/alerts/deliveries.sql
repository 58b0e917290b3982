-- name: claim
-- Takes the delivery that waited longest, and notes that it is being sent before it is. One left in 'sending' by a
-- process that died is taken again when its lease is over.
with next as (
    select alert_id, target, status from alert_delivery
    where status in ('waiting', 'sending') and next_at <= %(now)s
      and target = any(cast(%(targets)s as text[])) and target <> all(cast(%(skipped)s as text[]))
    order by next_at, alert_id
    limit 1
    for update skip locked
)
update alert_delivery as delivery
set status = 'sending', attempts = delivery.attempts + 1, next_at = %(lease_end)s
from next
join alert on alert.id = next.alert_id
join alert_rule as rule on rule.id = alert.rule_id
where delivery.alert_id = next.alert_id and delivery.target = next.target
returning delivery.alert_id, delivery.target, delivery.attempts, next.status = 'sending' as repeated, alert.dedupe_key,
          alert.sentence, alert.event_at, rule.name as rule_name, rule.parameters ->> 'quiet_hours' as quiet_hours

-- name: sent
-- A message was accepted by its target.
update alert_delivery set status = 'sent', sent_at = %(now)s, error = null
where alert_id = %(alert_id)s and target = %(target)s
returning alert_id

-- name: not_sent
-- A message was not accepted: it waits until next_at, or has failed for good when there is none.
update alert_delivery
set status = case when cast(%(next_at)s as timestamptz) is null then 'failed' else 'waiting' end,
    next_at = coalesce(cast(%(next_at)s as timestamptz), next_at), error = %(error)s
where alert_id = %(alert_id)s and target = %(target)s
returning alert_id

-- name: expire
-- Messages that could not be told within a day are given up, with the reason.
update alert_delivery as delivery
set status = 'failed',
    error = case when delivery.target = any(cast(%(targets)s as text[])) then coalesce(delivery.error || ' ', '')
            else 'This target is not in ALERT_URLS any more. ' end || 'Given up after a day.'
from alert
where alert.id = delivery.alert_id and delivery.status in ('waiting', 'sending') and delivery.next_at <= %(now)s
  and alert.at < %(now)s - interval '24 hours'
returning delivery.alert_id

-- name: deliveries
-- The newest deliveries with their results.
select delivery.alert_id, delivery.target, delivery.status, delivery.attempts, delivery.next_at, delivery.sent_at,
       delivery.error, alert.at, alert.event_at, alert.sentence, alert.rule_id
from alert_delivery as delivery
join alert on alert.id = delivery.alert_id
where true
  and delivery.alert_id = any(cast(%(alerts)s as bigint[]))  --? alerts
  and delivery.status = %(status)s  --? status
order by alert.at desc, delivery.alert_id desc, delivery.target
limit %(size)s
