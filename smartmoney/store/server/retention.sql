-- name: make_partitions
select ensure_trade_partitions(%(first)s, %(last)s)

-- name: ingestion_run
delete from ingestion_run where started_at < now() - make_interval(days => %(days)s) and status <> 'running'

-- name: quarantine
delete from quarantine where last_seen_at < now() - make_interval(days => %(days)s)

-- name: leaderboard_entry
delete from leaderboard_entry where fetched_at < now() - make_interval(days => %(days)s)

-- name: position_snapshot
delete from position_snapshot where ts < now() - make_interval(days => %(days)s)

-- name: market_price
delete from market_price where ts < now() - make_interval(days => %(days)s) and source <> 'history'

-- name: vacuum
vacuum (analyze) {{table}}
