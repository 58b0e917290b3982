-- name: alert_rules
-- Alert rules with how often each has fired.
select rule.id, rule.name, rule.kind, rule.parameters, rule.enabled, rule.created_by, rule.created_at, rule.updated_at,
       count(alert.id) as fired, max(alert.at) as last_fired_at
from alert_rule as rule
left join alert on alert.rule_id = rule.id
group by rule.id
order by rule.enabled desc, rule.name, rule.id
limit 200

-- name: alert_rule
-- One alert rule with how often it has fired.
select rule.id, rule.name, rule.kind, rule.parameters, rule.enabled, rule.created_by, rule.created_at, rule.updated_at,
       count(alert.id) as fired, max(alert.at) as last_fired_at
from alert_rule as rule
left join alert on alert.rule_id = rule.id
where rule.id = %(rule_id)s
group by rule.id

-- name: add_alert_rule
-- A new rule.
insert into alert_rule (name, kind, parameters, created_by)
values (%(name)s, %(kind)s, cast(%(parameters)s as jsonb), %(created_by)s)
returning id

-- name: change_alert_rule
-- Changes a rule; nulls leave a value as it is.
update alert_rule
set name = coalesce(cast(%(name)s as text), name), kind = coalesce(cast(%(kind)s as text), kind),
    parameters = coalesce(cast(%(parameters)s as jsonb), parameters),
    enabled = coalesce(cast(%(enabled)s as boolean), enabled), updated_at = now()
where id = %(rule_id)s
returning id

-- name: delete_alert_rule
-- Deletes a rule and its alerts.
delete from alert_rule where id = %(rule_id)s returning id

-- name: evaluable
-- Rules to evaluate; events before starts_at are not told.
select id, name, kind, parameters, enabled, greatest(updated_at, coalesce(skipped_to, updated_at)) as starts_at
from alert_rule
where true
  and id = any(cast(%(ids)s as integer[]))  --? ids
  and enabled  --? enabled
order by id

-- name: evaluated
-- A rule was looked at: when, what went wrong, and how far a cap made it skip.
update alert_rule
set evaluated_at = %(now)s, error = %(error)s, skipped_to = coalesce(cast(%(skipped_to)s as timestamptz), skipped_to)
where id = %(rule_id)s
returning id

-- name: rule_outcomes
-- Per rule: how often it fired, and how prices moved afterwards in the way it pointed; n beside every figure.
with moved as (
    select rule_id, at, direction * (price_1h - price) as move_1h, direction * (price_24h - price) as move_24h,
           direction * (settled - price) as move_settled
    from alert
    where at > %(since)s
)
select rule.id as rule_id, rule.name, rule.kind, rule.enabled, rule.evaluated_at, rule.error,
       count(moved.at) as fired, max(moved.at) as last_fired_at,
       count(move_1h) as n_1h, avg(case when move_1h > 0 then 1.0 when move_1h <= 0 then 0.0 end) as hit_rate_1h,
       avg(move_1h) as move_1h,
       count(move_24h) as n_24h, avg(case when move_24h > 0 then 1.0 when move_24h <= 0 then 0.0 end) as hit_rate_24h,
       avg(move_24h) as move_24h,
       count(move_settled) as n_settled,
       avg(case when move_settled > 0 then 1.0 when move_settled <= 0 then 0.0 end) as hit_rate_settled,
       avg(move_settled) as move_settled
from alert_rule as rule
left join moved on moved.rule_id = rule.id
group by rule.id
order by rule.id
limit 500
