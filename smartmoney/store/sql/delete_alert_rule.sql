-- Deletes a rule and its alerts.
delete from alert_rule where id = :rule_id returning id
