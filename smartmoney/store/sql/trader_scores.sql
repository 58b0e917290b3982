-- The append-only history of a trader's score, oldest first.
select as_of, score_version, tier, rarity_score, rarity_classic, realized_pnl, unrealized_pnl, total_pnl, win_rate,
       decided_events, profit_factor, max_drawdown, trade_count, event_count, skill_prob, skill_edge, skill_lo,
       skill_hi, q_value, flags, reasons, coverage
from trader_score
where trader_id = :trader_id
order by as_of
