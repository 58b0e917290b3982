-- name: wallets
-- Whole rows, since the other version may have other columns.
select t.address, to_jsonb(t) as columns from trader t

-- name: rows
select w.address, count(*) as number, sum(hashtextextended(told.row, 0)::numeric)::text as digest
from (
    select t.trader_id, concat_ws('|', extract(epoch from t.ts), o.token_id, t.side, t.size_micro, t.price_pico,
                                  t.cash_micro, encode(t.tx_hash, 'hex'), t.occurrence) as row
    from trade t join outcome o on o.id = t.outcome_id
    union all
    select a.trader_id, concat_ws('|', a.kind, extract(epoch from a.ts), m.condition_id, o.token_id, a.size_micro,
                                  a.cash_micro, encode(a.tx_hash, 'hex'), a.occurrence)
    from activity a left join market m on m.id = a.market_id left join outcome o on o.id = a.outcome_id
) told join trader w on w.id = told.trader_id
group by w.address

-- name: markets
select w.address, count(*) as number, sum(hashtextextended(f.row, 0)::numeric)::text as digest
from (
    select trader_id, market_id from trade
    union select trader_id, market_id from activity where market_id is not null
) held
join trader w on w.id = held.trader_id
join (
    select m.id, concat_ws('|', m.condition_id, m.status, m.neg_risk, e.slug,
                           string_agg(concat_ws(' ', o.token_id, o.outcome_index, o.payout_micro), ' ' order by o.token_id)) as row
    from market m left join event e on e.id = m.event_id join outcome o on o.market_id = m.id
    group by m.id, e.slug
) f on f.id = held.market_id
group by w.address

-- name: ledger
select w.address, count(*) as number, sum(hashtextextended(concat_ws('|', o.token_id, l.shares_micro, l.cost_micro,
       l.realized_micro, l.settled), 0)::numeric)::text as digest
from ledger_position l join outcome o on o.id = l.outcome_id join trader w on w.id = l.trader_id
group by w.address
