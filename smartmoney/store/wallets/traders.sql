-- name: traders
-- The list of traders. Conditional lines: see store/reads/base.py.
select trader.id, {{columns}}, {{sort}} as sort_value
from trader
where true
  and trader.tier = any(%(tiers)s)  --? tiers
  and trader.tier is not null  --? scored_only
  and trader.best_category = %(category)s  --? category
  and trader.id in (select trader_id from trader_category where category = %(good_at)s and good)  --? good_at
  and trader.last_active_at >= now() - make_interval(days => %(active_days)s)  --? active_days
  and trader.event_count >= %(min_events)s  --? min_events
  and trader.total_pnl >= cast(%(min_pnl)s as numeric)  --? min_pnl
  and trader.skill_prob >= %(min_confidence)s  --? min_confidence
  and trader.flags = '{}'  --? hide_flagged
  and (trader.name ilike %(like)s or trader.pseudonym ilike %(like)s)  --? like plain_text
  and (trader.name ilike %(like)s or trader.address like %(prefix)s  --? like prefix
       or trader.address in (select wallet from wallet_owner where owner like %(prefix)s))  --? like prefix
{{keyset trader.id}}

-- name: sparklines
-- Thirty days of total PnL for the traders on a page, oldest first.
select trader_id, array_agg(total_micro order by day) as micro
from (select trader_id, unnest(day[greatest(cardinality(day) - 30, 1):]) as day,
             unnest(total_micro[greatest(cardinality(day) - 30, 1):]) as total_micro
      from trader_days where trader_id = any(%(ids)s)) as latest
where day >= current_date - 30
group by trader_id
