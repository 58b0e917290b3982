-- name: claim
update ingestion_state s
set leased_until = now() + make_interval(secs => %(lease)s), leased_by = %(who)s
from (select source, key from ingestion_state
      where source = %(source)s and (leased_until is null or leased_until < now())
            and case when %(keys)s::text[] is null then due_at <= now() else key = any(%(keys)s) end
      order by priority desc, due_at, key limit %(limit)s for update skip locked) as c
where s.source = c.source and s.key = c.key
returning s.key, s.priority, s.due_at

-- name: renew
update ingestion_state set leased_until = now() + make_interval(secs => %(lease)s)
where source = %(source)s and key = %(key)s and leased_until is not null

-- name: release
update ingestion_state set leased_until = null, leased_by = null
where source = %(source)s and key = %(key)s

-- name: pause
update ingestion_state set leased_until = null, leased_by = null, due_at = now()
where source = %(source)s and key = %(key)s

-- name: due_count
select count(*) from ingestion_state
where source = %(source)s and due_at <= now() and (leased_until is null or leased_until < now())

-- name: pace
select tier, extract(epoch from now() - last_active_at)::float8 / 86400, name <> '',
       exists (select from watchlist w where w.trader_id = trader.id)
from trader
where address = %(address)s
