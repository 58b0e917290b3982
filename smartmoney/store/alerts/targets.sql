-- name: alert_targets
-- Where alerts go, with what came of their messages in the last week.
select target.label, target.service, target.problem, target.seen_at, target.tested_at, target.test_error,
       count(delivery.alert_id) filter (where delivery.status = 'sent') as sent,
       count(delivery.alert_id) filter (where delivery.status in ('waiting', 'sending')) as waiting,
       count(delivery.alert_id) filter (where delivery.status = 'failed') as failed
from alert_target as target
left join (alert_delivery as delivery join alert on alert.id = delivery.alert_id and alert.at > now() - interval '7 days')
       on delivery.target = target.label
group by target.label
order by target.label

-- name: seen_targets
-- The targets a run found, and the problems of those it cannot use; others are forgotten.
with given as (
    select * from unnest(cast(%(labels)s as text[]), cast(%(services)s as text[]), cast(%(problems)s as text[])) as given(label, service, problem)
), gone as (
    delete from alert_target where label <> all(cast(%(labels)s as text[]))
)
insert into alert_target as target (label, service, problem, seen_at)
select label, service, problem, %(now)s from given
on conflict (label) do update set service = excluded.service, problem = excluded.problem, seen_at = excluded.seen_at
returning label

-- name: tested_target
-- What came of a test message.
update alert_target set tested_at = %(now)s, test_error = %(error)s where label = %(label)s
returning label

-- name: test_lately
-- Was a target tested since a time?
select label from alert_target where label = %(label)s and tested_at > %(since)s
