-- Where alerts go, with what came of their messages in the last week.
select target.label, target.service, target.problem, target.seen_at, target.tested_at, target.test_error,
       count(delivery.alert_id) filter (where delivery.status = 'sent') as sent,
       count(delivery.alert_id) filter (where delivery.status in ('waiting', 'sending')) as waiting,
       count(delivery.alert_id) filter (where delivery.status = 'failed') as failed
from alert_target as target
left join (alert_delivery as delivery join alert on alert.id = delivery.alert_id and alert.at > now() - interval '7 days')
       on delivery.target = target.label
group by target.label
order by target.label
