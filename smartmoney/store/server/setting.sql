-- name: settings
-- What people changed on the Settings page.
select name, value, changed_by, changed_at
from setting
order by name

-- name: save_setting
-- Sets one editable value.
insert into setting (name, value, changed_by, changed_at)
values (%(name)s, cast(%(value)s as jsonb), %(changed_by)s, now())
on conflict (name) do update
    set value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at

-- name: forget_setting
-- Back to the default.
delete from setting where name = %(name)s

-- name: claim
-- Sets a value where there is none; returns the one that stands.
insert into setting as s (name, value, changed_by)
values (%(name)s, cast(%(value)s as jsonb), 'smartmoney up')
on conflict (name) do update set value = s.value
returning value
