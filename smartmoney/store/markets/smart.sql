-- name: holdings
-- A wallet's shares as the API shows them now; where it was not asked yet, as our ledger counts them.
select coalesce(p.trader_id, l.trader_id) as trader_id, coalesce(p.market_id, l.market_id) as market_id,
       o.outcome_index::int as outcome_index,
       coalesce(p.shares_micro, l.shares_micro)::float8 / 1e6 as shares,
       coalesce(p.avg_price::float8, l.cost_micro::float8 / nullif(l.shares_micro, 0)) as avg_price
from (select * from position where status = 'OPEN' and absent_since is null) as p
full join (select * from ledger_position where shares_micro > 0 and not settled
           and trader_id not in (select distinct trader_id from position)) as l using (trader_id, outcome_id)
join outcome o on o.id = coalesce(p.outcome_id, l.outcome_id)
join market m on m.id = o.market_id and m.status <> 'RESOLVED'
where o.outcome_index is not null and coalesce(p.shares_micro, l.shares_micro) > 0

-- name: traders
select id as trader_id, address, name, tier, rarity_score, skill_prob, cardinality(flags) as flag_count
from trader where tier is not null

-- name: markets
select id as market_id, event_id, neg_risk, price::float8 as price, liquidity::float8 as liquidity, volume::float8 as volume,
       open_interest::float8 as open_interest
from market where status <> 'RESOLVED'

-- name: resolved_leans
-- What each market showed a day before it resolved; later rows are not looked at.
select distinct on (s.market_id) s.price::float8 as price, s.smart_lean, o.payout_micro / 1e6::float8 as won, m.event_id
from market m join market_smart_stats s on s.market_id = m.id and s.computed_at <= m.resolved_at - interval '24 hours'
join outcome o on o.market_id = m.id and o.outcome_index = 0
where m.status = 'RESOLVED' and o.payout_micro is not null and s.smart_lean is not null
order by s.market_id, s.computed_at desc

-- name: flow
-- Net bought per hour by wallets that had a tier at that hour: no later tier reaches back.
insert into market_smart_flow as f (market_id, hour, tier, net_micro, gross_micro, traders)
select t.market_id, date_trunc('hour', t.ts, 'UTC'), s.tier,
       sum(t.cash_micro * t.side * case o.outcome_index when 0 then 1 else -1 end), sum(t.cash_micro),
       count(distinct t.trader_id)
from (select trader_id, tier, as_of as since, coalesce(lead(as_of) over (partition by trader_id order by as_of),
                                                       'infinity') as until
      from trader_score) as s
join trade t on t.trader_id = s.trader_id and t.ts >= greatest(s.since, %(since)s) and t.ts < s.until
join outcome o on o.id = t.outcome_id and o.outcome_index is not null
where s.tier = any(%(tiers)s) and s.until > %(since)s
group by 1, 2, 3
on conflict (market_id, hour, tier) do update set net_micro = excluded.net_micro, gross_micro = excluded.gross_micro,
    traders = excluded.traders

-- name: flow_of_all
insert into smart_flow as f (hour, tier, net_micro, gross_micro)
select hour, tier, sum(net_micro), sum(gross_micro)
from market_smart_flow
where hour >= %(since)s
group by hour, tier
on conflict (hour, tier) do update set net_micro = excluded.net_micro, gross_micro = excluded.gross_micro

-- name: make_current
insert into market_smart_current
select stats.*, not market.neg_risk or market.event_id is null
       or row_number() over (partition by market.event_id, market.neg_risk
                             order by stats.smart_lean is null,
                                      abs(stats.smart_weighted_yes - stats.smart_weighted_no) desc,
                                      market.id) = 1
from market_smart_stats as stats join market on market.id = stats.market_id
where stats.computed_at = %(computed_at)s

-- name: moves
-- Trades of the smart wallets of the last day per wallet and market; `unseen` came after the positions were read.
with smart as (
    select t.id, coalesce(looked.watermark, state.covered_to, '-infinity') as seen
    from trader t
    left join ingestion_state looked on looked.source = 'positions' and looked.key = t.address
    left join ledger_state state on state.trader_id = t.id
    where t.tier = any(string_to_array(%(tiers)s, ',')) and t.flags = '{}'
), moved as (
    select t.trader_id, t.market_id, t.ts, t.cash_micro, smart.seen,
           t.side * t.size_micro * case o.outcome_index when 0 then 1 else -1 end as micro
    from smart
    join trade t on t.trader_id = smart.id and t.ts > least(smart.seen, %(since)s::timestamptz) and t.ts > %(since)s::timestamptz - interval '7 days'
                and t.ts <= %(until)s::timestamptz
    join outcome o on o.id = t.outcome_id and o.outcome_index is not null
)
select trader_id, market_id, coalesce(sum(micro) filter (where ts > %(since)s::timestamptz), 0)::float8 / 1e6 as delta,
       coalesce(sum(micro) filter (where ts > seen), 0)::float8 / 1e6 as unseen,
       coalesce(sum(cash_micro) filter (where ts > %(since)s::timestamptz), 0)::float8 / 1e6 as traded_usd, max(ts) as moved_at
from moved
group by trader_id, market_id
having count(*) filter (where ts > %(since)s::timestamptz) > 0

-- name: clear_current
delete from market_smart_current

-- name: clear_movers
delete from market_smart_mover

-- name: last_computed
select max(computed_at) from market_smart_stats
