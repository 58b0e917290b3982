-- Per rule: how often it fired, and how prices moved afterwards in the way it pointed; n beside every figure.
with moved as (
    select rule_id, at, direction * (price_1h - price) as move_1h, direction * (price_24h - price) as move_24h,
           direction * (settled - price) as move_settled
    from alert
    where at > :since
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
