-- A message was not accepted: it waits until next_at, or has failed for good when there is none.
update alert_delivery
set status = case when cast(:next_at as timestamptz) is null then 'failed' else 'waiting' end,
    next_at = coalesce(cast(:next_at as timestamptz), next_at), error = :error
where alert_id = :alert_id and target = :target
returning alert_id
