-- Markets that resolved in a span, with what each outcome paid; a watched one only if it was watched by then.
select market.resolved_at as at, market.id as market_id, market.event_id,
       array_agg(outcome.name order by outcome.outcome_index, outcome.id) as names,
       array_agg(outcome.payout_micro order by outcome.outcome_index, outcome.id) as payouts
from market
join outcome on outcome.market_id = market.id
where market.status = 'RESOLVED' and market.resolved_at > :since and market.resolved_at <= :until
  and (market.id = any(cast(:markets as integer[]))
       or cast(:watched as boolean) and exists (
           select from watchlist where watchlist.market_id = market.id and watchlist.created_at <= market.resolved_at))
group by market.id
having count(outcome.payout_micro) = count(*)
order by market.resolved_at, market.id
