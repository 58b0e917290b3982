-- What following an alert needs: when the thing happened, which way it points, how far a rule has looked.

alter table alert_rule
    add column evaluated_at timestamptz,
    add column error        text,
    add column skipped_to   timestamptz;
comment on column alert_rule.skipped_to is 'events up to here were dropped because the rule had reached its cap';

alter table alert
    add column event_at  timestamptz not null default now(),
    add column event_id  integer,
    add column direction smallint check (direction in (1, -1));
comment on column alert.at is 'when it was told; event_at is when it happened';
comment on column alert.direction is '1: the alert backs its outcome, -1: it leaves it; null: it points nowhere';
create index alert_rule_event_at on alert (rule_id, event_at);

-- 'sending' is written before a message leaves, so that a process killed meanwhile leaves a trace.
alter table alert_delivery drop constraint alert_delivery_status_check;
alter table alert_delivery add constraint alert_delivery_status_check
    check (status in ('waiting', 'sending', 'sent', 'failed'));
create index alert_delivery_due on alert_delivery (next_at) where status in ('waiting', 'sending');
