-- Sets one editable value.
insert into setting (name, value, changed_by, changed_at)
values (:name, cast(:value as jsonb), :changed_by, now())
on conflict (name) do update
    set value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at
