-- A market's outcomes in order; `payout` is null until the market has resolved.
select id, outcome_index, token_id, name, price, payout_micro * 0.000001 as payout
from outcome
where market_id = :market_id
order by outcome_index
