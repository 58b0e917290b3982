-- What an alert's outcome paid once its market had resolved.
update alert
set settled = outcome.payout_micro * 0.000001
from outcome
join market on market.id = outcome.market_id
where alert.settled is null and outcome.id = alert.outcome_id and market.status = 'RESOLVED'
  and outcome.payout_micro is not null
returning alert.id
