-- The wallets ranked just above and below, unflagged ones only.
(select id, address, name, tier, rarity_score, skill_prob, skill_edge, total_pnl, event_count, best_category
 from trader where rarity_score >= :rarity_score and id <> :trader_id and flags = '{}'
 order by rarity_score nulls first, id desc limit 4)
union all
(select id, address, name, tier, rarity_score, skill_prob, skill_edge, total_pnl, event_count, best_category
 from trader where rarity_score < :rarity_score and id <> :trader_id and flags = '{}'
 order by rarity_score desc nulls last, id limit 4)
order by rarity_score desc, id
