-- The newest deliveries with their results.
select delivery.alert_id, delivery.target, delivery.status, delivery.attempts, delivery.next_at, delivery.sent_at,
       delivery.error, alert.at, alert.event_at, alert.sentence, alert.rule_id
from alert_delivery as delivery
join alert on alert.id = delivery.alert_id
where true
  and delivery.alert_id = any(cast(:alerts as bigint[]))  --? alerts
  and delivery.status = :status  --? status
order by alert.at desc, delivery.alert_id desc, delivery.target
limit :size
