-- One delivery per target of a new alert.
insert into alert_delivery (alert_id, target, next_at)
select :alert_id, target, :next_at from unnest(cast(:targets as text[])) as target
on conflict do nothing
