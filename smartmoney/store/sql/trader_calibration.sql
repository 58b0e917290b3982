-- Prices paid against outcomes, in tenths of the price: what a wallet paid and how often it was right.
-- The surprise of an event is outcome less price, so price + surprise is the outcome of a one-sided bet.
select width_bucket(entry_price, 0, 1, 10) as bucket, count(*) as events, avg(entry_price) as paid,
       avg(least(greatest(entry_price + surprise, 0), 1)) as won
from trader_event
where trader_id = :trader_id and decided_at is not null and entry_price between 0 and 1 and surprise is not null
group by 1
order by 1
