-- Wallets that had one of these tiers at any time in a span.
select trader_id as id from trader_score
where as_of > :since and as_of <= :until and tier = any(cast(:tiers as text[]))
union
select trader.id from trader
where (select score.tier from trader_score as score where score.trader_id = trader.id and score.as_of <= :since
       order by score.as_of desc limit 1) = any(cast(:tiers as text[]))
