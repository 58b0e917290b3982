-- What the newest numbers are valid for, as shown on every page.
select (select max(as_of) from score_run) as scores_as_of,
       (select max(computed_at) from market_smart_stats) as markets_as_of,
       (select max(watermark) from ingestion_state where source = 'trades') as newest_watermark,
       (select max(ended_at) from ingestion_run where status = 'done') as last_run_at,
       (select value #>> '{}' from setting where name = 'theme') as theme
