-- A trader's positions: our ledger beside what the API shows. Either may lack a row the other has.
with held as (
    select coalesce(ledger.outcome_id, api.outcome_id) as outcome_id,
           coalesce(ledger.shares_micro, api.shares_micro) as shares_micro,
           coalesce(ledger.cost_micro, (api.shares_micro * api.avg_price)::bigint) as cost_micro,
           coalesce(ledger.realized_micro, api.realized_micro) as realized_micro,
           coalesce(ledger.bought_cost_micro, api.total_bought_micro) as bought_micro,
           coalesce(ledger.last_ts, api.last_event_at) as last_at,
           coalesce(ledger.settled, api.status = 'CLOSED') or coalesce(ledger.shares_micro, api.shares_micro) = 0 as closed,
           api.current_price, api.status as api_status, api.fetched_at, ledger.trader_id is not null as in_ledger
    from (select * from ledger_position where trader_id = :trader_id) as ledger
    full join (select * from position where trader_id = :trader_id and absent_since is null) as api
        on api.outcome_id = ledger.outcome_id
), valued as (
    select held.*, outcome.market_id, outcome.name as outcome, outcome.outcome_index, market.question, market.category,
           market.status as market_status, market.end_date, market.resolved_at,
           coalesce(outcome.payout_micro * 0.000001, held.current_price, outcome.price) as mark
    from held
    join outcome on outcome.id = held.outcome_id
    join market on market.id = outcome.market_id
), position_row as (
    select outcome_id as id, market_id, question, category, outcome, outcome_index, market_status, end_date,
           resolved_at, closed, api_status, in_ledger, fetched_at, last_at, mark,
           shares_micro * 0.000001 as shares,
           case when shares_micro > 0 then round(cost_micro::numeric / shares_micro, 6) end as avg_price,
           cost_micro * 0.000001 as cost, bought_micro * 0.000001 as bought, realized_micro * 0.000001 as realized_pnl,
           case when not closed then round(shares_micro * 0.000001 * mark, 6) end as value,
           case when not closed then round(shares_micro * 0.000001 * mark - cost_micro * 0.000001, 6) end as unrealized_pnl
    from valued
)
select position_row.*, {{sort}} as sort_value
from position_row
where true
  and not closed  --? open_only
  and closed  --? closed_only
  and category = :category  --? category
  and question ilike :like  --? like
  and {{sort}} is not null  --? valued
  and {{sort}} {{past}}= cast(:after as {{type}})  --? valued after
  and ({{sort}} <> cast(:after as {{type}}) or id {{behind}} :after_id)  --? valued after
  and {{sort}} is null  --? unvalued
  and id > :after_id  --? unvalued_after
order by {{sort}} {{direction}}, id {{tie}}  --? paged
limit :size  --? paged
