-- A market's fills of the wallets we follow, newest first.
select trade.key as id, trade.ts, case trade.side when 1 then 'BUY' else 'SELL' end as side,
       trade.size_micro * 0.000001 as shares, trade.price_pico * 0.000000000001 as price,
       trade.cash_micro * 0.000001 as cash, '0x' || encode(trade.tx_hash, 'hex') as tx_hash, outcome.name as outcome,
       outcome.outcome_index, trader.address, trader.name, trader.tier, {{sort}} as sort_value
from trade
join trader on trader.id = trade.trader_id
left join outcome on outcome.id = trade.outcome_id
where trade.market_id = :market_id
  and trader.tier = any(:tiers)  --? tiers
  and trade.side = :side_sign  --? side_sign
  and {{sort}} is not null  --? valued
  and {{sort}} {{past}}= cast(:after as {{type}})  --? valued after
  and ({{sort}} <> cast(:after as {{type}}) or trade.key {{behind}} :after_id)  --? valued after
  and {{sort}} is null  --? unvalued
  and trade.key > :after_id  --? unvalued_after
order by {{sort}} {{direction}}, trade.key {{tie}}  --? paged
limit :size  --? paged
