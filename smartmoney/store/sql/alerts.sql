-- Alerts, newest first, with what became of them.
select alert.id, alert.at, alert.sentence, alert.detail, alert.price, alert.price_1h, alert.price_24h, alert.settled,
       rule.id as rule_id, rule.name as rule_name, rule.kind, trader.address, trader.name as trader_name, trader.tier,
       market.id as market_id, market.question, outcome.name as outcome,
       (select count(*) from alert_delivery where alert_id = alert.id) as deliveries,
       (select count(*) from alert_delivery where alert_id = alert.id and status = 'sent') as sent,
       (select count(*) from alert_delivery where alert_id = alert.id and status = 'failed') as failed,
       (select max(error) from alert_delivery where alert_id = alert.id and status = 'failed') as delivery_error,
       {{sort}} as sort_value
from alert
join alert_rule as rule on rule.id = alert.rule_id
left join trader on trader.id = alert.trader_id
left join market on market.id = alert.market_id
left join outcome on outcome.id = alert.outcome_id
where true
  and rule.id = :rule_id  --? rule_id
  and alert.sentence ilike :like  --? like
  and {{sort}} is not null  --? valued
  and {{sort}} {{past}}= cast(:after as {{type}})  --? valued after
  and ({{sort}} <> cast(:after as {{type}}) or alert.id {{behind}} :after_id)  --? valued after
  and {{sort}} is null  --? unvalued
  and alert.id > :after_id  --? unvalued_after
order by {{sort}} {{direction}}, alert.id {{tie}}  --? paged
limit :size  --? paged
