-- name: stamp
-- What the newest numbers are valid for, as shown on every page.
select (select max(as_of) from score_run) as scores_as_of,
       (select max(computed_at) from market_smart_stats) as markets_as_of,
       (select max(watermark) from ingestion_state where source = 'trades') as newest_watermark,
       (select max(ended_at) from ingestion_run where status = 'done') as last_run_at,
       (select value #>> '{}' from setting where name = 'theme') as theme

-- name: newest
-- What the newest numbers are valid for, and by which version of the scoring they were made.
select newest.as_of as scores_as_of, newest.score_version,
       (select max(computed_at) from market_smart_current) as markets_as_of,
       (select max(priced_at) from market) as priced_at,
       (select max(watermark) from ingestion_state where source = 'trades') as trades_up_to
from (select 1) as always
left join lateral (select as_of, score_version from score_run order by as_of desc limit 1) as newest on true
