-- A new rule.
insert into alert_rule (name, kind, parameters, created_by)
values (:name, :kind, cast(:parameters as jsonb), :created_by)
returning id
