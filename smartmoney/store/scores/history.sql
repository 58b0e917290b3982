-- name: analyze
analyze stage_score (id)

-- name: add_run
insert into score_run (as_of, score_version, population, scored, mu, tau, parameters)
values (%(as_of)s, %(score_version)s, %(population)s, %(scored)s, %(mu)s, %(tau)s, %(parameters)s)
returning id

-- name: stage_changed
-- Apart from the insert, which would otherwise look for each wallet's last score among what it has just added.
create temporary table stage_changed on commit drop as
select s.id from stage_score s
left join lateral (select * from trader_score h where h.trader_id = s.id and h.as_of <= %(as_of)s
                   order by h.as_of desc limit 1) h on true
where h.trader_id is null or h.score_version <> %(version)s or ({{verdict}}) is distinct from ({{verdict_known}})
      or (h.as_of <= %(before)s and ({{staged}}) is distinct from ({{known}}))

-- name: add_changed
insert into trader_score (trader_id, as_of, run_id, score_version, {{columns}})
select s.id, %(as_of)s, %(run)s, %(version)s, {{staged}}
from stage_changed join stage_score s using (id)
order by 1
on conflict (trader_id, as_of) do nothing

-- name: count_moved
select count(*) from stage_score s join trader t on t.id = s.id where t.tier is distinct from s.tier

-- name: make_current
update trader t set as_of = %(as_of)s, score_version = %(version)s, {{changes}}
from stage_score s
where t.id = s.id and (t.score_version is distinct from %(version)s or ({{known}}) is distinct from ({{staged}}))

-- name: date_current
update trader set as_of = %(as_of)s where tier is not null and as_of is distinct from %(as_of)s

-- name: forget_tiers
update trader set tier = null, as_of = null, reasons = '{}', coverage = null, coverage_reason = null
where id = any(%(wallets)s) and tier is not null

-- name: drop_stages
drop table stage_score, stage_changed
