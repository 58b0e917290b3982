-- The list of traders. Conditional lines: see store/reads/base.py.
select trader.id, trader.address, trader.name, trader.pseudonym, trader.verified, trader.tier, trader.rarity_score,
       trader.rarity_classic, trader.skill_edge, trader.skill_lo, trader.skill_hi, trader.skill_prob, trader.q_value,
       trader.realized_pnl, trader.unrealized_pnl, trader.total_pnl, trader.win_rate, trader.decided_events,
       trader.profit_factor, trader.max_drawdown, trader.max_drawdown_usd, trader.trade_count, trader.event_count,
       trader.roi, trader.volume, trader.maker_share, trader.needs_events, trader.flags, trader.best_category,
       trader.coverage, trader.last_active_at, trader.as_of, {{sort}} as sort_value
from trader
where true
  and trader.tier = any(:tiers)  --? tiers
  and trader.tier is not null  --? scored_only
  and trader.best_category = :category  --? category
  and trader.last_active_at >= now() - make_interval(days => :active_days)  --? active_days
  and trader.event_count >= :min_events  --? min_events
  and trader.total_pnl >= cast(:min_pnl as numeric)  --? min_pnl
  and trader.skill_prob >= :min_confidence  --? min_confidence
  and trader.flags = '{}'  --? hide_flagged
  and (trader.name ilike :like or trader.pseudonym ilike :like)  --? like plain_text
  and (trader.name ilike :like or trader.address like :prefix)  --? like prefix
  and {{sort}} is not null  --? valued
  and {{sort}} {{past}}= cast(:after as {{type}})  --? valued after
  and ({{sort}} <> cast(:after as {{type}}) or trader.id {{behind}} :after_id)  --? valued after
  and {{sort}} is null  --? unvalued
  and trader.id > :after_id  --? unvalued_after
order by {{sort}} {{direction}}, trader.id {{tie}}  --? paged
limit :size  --? paged
