-- name: markets
select m.id as market, coalesce(m.event_id, 0) as event, m.neg_risk, coalesce(m.category, '') as category,
       case when m.neg_risk then m.condition_id end as name, hashtext(m.condition_id)::bigint as digest,
       case when m.neg_risk then coalesce(m.neg_risk_market_id, '') else '' end as neg_risk_group,
       extract(epoch from coalesce(m.created_at, m.start_date))::bigint as existed_from,
       length(m.condition_id) = 64 and substr(m.condition_id, 3, 2) not in ('01', '02') as combo,
       case when m.status = 'RESOLVED' then extract(epoch from
           coalesce(m.resolved_at, m.closed_at, m.resolution_seen_at, m.updated_at))::bigint end as resolved_at
from market m order by m.id

-- name: outcomes
-- One that nothing labelled takes a place that is free.
select o.id as outcome, o.market_id as market, o.payout_micro, o.outcome_index::int as position
from outcome o where o.outcome_index is not null
union all
select o.id, o.market_id, o.payout_micro, free.place
from (select *, row_number() over (partition by market_id order by id) as nth from outcome where outcome_index is null) o
cross join lateral (
    select place from generate_series(0, 255) as place
    where not exists (select from outcome t where t.market_id = o.market_id and t.outcome_index = place)
    order by place offset o.nth - 1 limit 1
) free
order by 2, 4, 1

-- name: tokens
select token_id as token, id as outcome from outcome

-- name: conditions
select condition_id as condition, id as market from market

-- name: fills
select t.trader_id, t.ts, t.outcome_id, t.size_micro, t.cash_micro, t.side, t.key, t.price_pico, t.flags
from trade t  --? everybody
from (select * from trade where trader_id between {{first}} and {{last}}) t  --? neighbours
from unnest({{wallets}}, {{seconds}}) as w(id, second)  --? listed
join lateral (select * from trade where trader_id = w.id::int and ts > to_timestamp(w.second) --? listed
              and ts > to_timestamp({{least}})) t on true  --? listed

-- name: other_activity
select t.trader_id, t.ts, coalesce(t.market_id, any_market.id, -1) as market_id,
       coalesce(t.outcome_id, -1) as outcome_id,
       coalesce(t.size_micro, 0) as size_micro, coalesce(t.cash_micro, 0) as cash_micro, t.key,
       case when t.group_id is null then x.code else {{group_code}}::smallint end as code,
       ('x' || encode(substring(t.tx_hash from 25 for 8), 'hex'))::bit(64)::bigint as tx
from activity t  --? everybody
from (select * from activity where trader_id between {{first}} and {{last}}) t  --? neighbours
from unnest({{wallets}}, {{seconds}}) as w(id, second)  --? listed
join lateral (select * from activity where trader_id = w.id::int and ts > to_timestamp(w.second) --? listed
              and ts > to_timestamp({{least}})) t on true  --? listed
join (values {{codes}}) as x(kind, code) on x.kind = t.kind
left join lateral (select min(m.id) as id from neg_risk_group g join market m on m.neg_risk_market_id = g.neg_risk_market_id
                   where g.id = t.group_id and m.neg_risk) as any_market on t.group_id is not null

-- name: quotes
select o.id as outcome, (1000000 * case
    when m.status = 'CLOSED' then case when abs(sum(o.price) over (partition by o.market_id) - 1) <= 0.000002
        then o.price end
    when m.best_bid is not null and m.best_ask is not null and m.best_ask - m.best_bid <= 0.10
        then case o.outcome_index when 0 then (m.best_bid + m.best_ask) / 2 else 1 - (m.best_bid + m.best_ask) / 2 end
    when m.last_trade_price is not null and m.best_bid is not null and m.best_ask is not null
        then case o.outcome_index when 0 then least(greatest(m.last_trade_price, m.best_bid), m.best_ask)
                                  else 1 - least(greatest(m.last_trade_price, m.best_bid), m.best_ask) end
    else o.price end)::bigint as mark
from outcome o join market m on m.id = o.market_id where m.status <> 'RESOLVED'

-- name: api_positions
select p.trader_id, p.outcome_id, case p.status when 'CLOSED' then 0 else p.shares_micro end as shares_micro,
       p.realized_micro, p.avg_price::float8 as avg_price, coalesce(p.total_bought_micro, 0) > 0 as bought
from position p where p.absent_since is null and p.trader_id = any({{traders}})

-- name: event_titles
select id, title from event where id = any({{events}})

-- name: api_snapshots
select t.id as trader_id, extract(epoch from s.watermark)::bigint as looked_at
from ingestion_state s join trader t on t.address = s.key
where s.source = 'positions' and s.watermark is not null and t.id = any({{traders}})
