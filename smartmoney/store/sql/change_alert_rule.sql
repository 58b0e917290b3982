-- Changes a rule; nulls leave a value as it is.
update alert_rule
set name = coalesce(cast(:name as text), name), kind = coalesce(cast(:kind as text), kind),
    parameters = coalesce(cast(:parameters as jsonb), parameters),
    enabled = coalesce(cast(:enabled as boolean), enabled), updated_at = now()
where id = :rule_id
returning id
