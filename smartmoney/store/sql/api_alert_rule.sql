-- One alert rule with how often it has fired.
select rule.id, rule.name, rule.kind, rule.parameters, rule.enabled, rule.created_by, rule.created_at, rule.updated_at,
       count(alert.id) as fired, max(alert.at) as last_fired_at
from alert_rule as rule
left join alert on alert.rule_id = rule.id
where rule.id = :rule_id
group by rule.id
