-- name: drop_earlier_looks
-- A board is read every few minutes; of each day the last look is kept.
delete from leaderboard_entry
where board = %(board)s and trader_id = any(%(traders)s) and fetched_at < %(fetched_at)s
  and fetched_at >= date_trunc('day', cast(%(fetched_at)s as timestamptz), 'UTC')
