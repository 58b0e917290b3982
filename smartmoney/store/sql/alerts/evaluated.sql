-- A rule was looked at: when, what went wrong, and how far a cap made it skip.
update alert_rule
set evaluated_at = :now, error = :error, skipped_to = coalesce(cast(:skipped_to as timestamptz), skipped_to)
where id = :rule_id
returning id
