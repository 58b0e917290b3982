-- name: followed
select address, id from trader where tier = any(%(tiers)s) and flags = '{}'
union
select address, trader.id from watchlist join trader on trader.id = watchlist.trader_id

-- name: arrived
select distinct trader.address, '0x' || encode(trade.tx_hash, 'hex')
from trade join trader on trader.id = trade.trader_id
where trader.address = any(%(wallets)s) and trade.ts >= %(since)s and trade.tx_hash = any(%(hashes)s)

-- name: alert_seconds
select extract(epoch from at - event_at)::float8
from alert
where rule_id = any(%(rules)s) and at >= %(since)s

-- name: heartbeat
insert into heartbeat (service, pid, started_at, seen_at, detail)
values (%(service)s, %(pid)s, %(started_at)s, now(), %(detail)s)
on conflict (service) do update
    set pid = excluded.pid, started_at = excluded.started_at, seen_at = excluded.seen_at, detail = excluded.detail
