-- A message was accepted by its target.
update alert_delivery set status = 'sent', sent_at = :now, error = null
where alert_id = :alert_id and target = :target
returning alert_id
