-- The targets a run found, and the problems of those it cannot use; others are forgotten.
with given as (
    select * from unnest(cast(:labels as text[]), cast(:services as text[]), cast(:problems as text[])) as given(label, service, problem)
), gone as (
    delete from alert_target where label <> all(cast(:labels as text[]))
)
insert into alert_target as target (label, service, problem, seen_at)
select label, service, problem, :now from given
on conflict (label) do update set service = excluded.service, problem = excluded.problem, seen_at = excluded.seen_at
returning label
