-- name: take
update implausible set job = %(job)s, run_id = %(run_id)s
where run_id is null and last_seen_at >= (select started_at from ingestion_run where id = %(run_id)s)

-- name: note
insert into implausible as known (kind, key, sentence, job, run_id)
select x.kind, x.key, x.sentence, %(job)s, %(run_id)s
from unnest(%(kinds)s::text[], %(keys)s::text[], %(sentences)s::text[]) as x(kind, key, sentence)
order by x.kind, x.key
on conflict (kind, key) where cleared_at is null do update
    set last_seen_at = now(), sentence = excluded.sentence,
        run_id = case when known.kind = any(%(lasting)s) then known.run_id else excluded.run_id end
returning xmax = 0

-- name: clear
update implausible set cleared_at = now()
where cleared_at is null and job = %(job)s and kind = any(%(kinds)s::text[]) and key <> all(%(keys)s::text[])

-- name: open_ones
-- What is implausible now; what happened once is told for a week.
select kind, key, job, run_id, sentence, seen_at, last_seen_at
from implausible
where cleared_at is null and last_seen_at > now() - interval '7 days'
order by last_seen_at desc, id desc
limit 50

-- name: empty_days
-- At most twenty trades of a day are counted: whether there are some is asked, not how many.
with day as (
    select n, date_trunc('day', %(now)s::timestamptz - interval '1 hour', 'UTC') - make_interval(days => n) as start
    from generate_series(1, 14) as n
), counted as (
    select n, start, (select count(*) from (
        select from trade where ts >= start and ts < start + interval '1 day' limit 20) as few) as trades
    from day
)
select to_char(start at time zone 'UTC', 'YYYY-MM-DD')
from counted
where n <= 7 and trades = 0
      and (select count(*) from counted before where before.n between counted.n + 1 and counted.n + 7 and trades = 20) >= 4
order by start

-- name: boards
select count(*), percentile_cont(0.5) within group (order by wallets)
from (select (run.came ->> 'traders')::float8 as wallets
      from ingestion_run run
      join ingestion_run this on this.id = %(run_id)s and this.job = run.job and this.asked = run.asked
      where run.id < this.id and run.status = 'done' and run.came ? 'traders'
      order by run.id desc limit 10) as earlier

-- name: populations
select newest.population, before.population
from (select population from score_run order by id desc limit 1) as newest
cross join (select population from score_run
            where created_at <= now() - interval '20 hours' and as_of > created_at - interval '1 hour'
            order by id desc limit 1) as before

-- name: known_pnl
select id, total_pnl from trader where coverage = 'complete' and abs(total_pnl) >= %(least)s
