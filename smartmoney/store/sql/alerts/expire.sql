-- Messages that could not be told within a day are given up, with the reason.
update alert_delivery as delivery
set status = 'failed',
    error = case when delivery.target = any(cast(:targets as text[])) then coalesce(delivery.error || ' ', '')
            else 'This target is not in ALERT_URLS any more. ' end || 'Given up after a day.'
from alert
where alert.id = delivery.alert_id and delivery.status in ('waiting', 'sending') and delivery.next_at <= :now
  and alert.at < :now - interval '24 hours'
returning delivery.alert_id
