-- Since when tiers and statistics of markets are known.
select (select min(as_of) from trader_score) as tiers, (select min(computed_at) from market_smart_stats) as statistics
