-- name: markets
-- The list of markets. Conditional lines: see store/reads/base.py.
select {{columns}}, {{sort}} as sort_value
from market
left join event on event.id = market.event_id
left join market_smart_current as smart on smart.market_id = market.id
where true
  and market.status = any(%(statuses)s)  --? statuses
  and market.category = %(category)s  --? category
  and market.liquidity >= cast(%(min_liquidity)s as numeric)  --? min_liquidity
  and market.end_date between now() and now() + make_interval(days => %(ends_within_days)s)  --? ends_within_days
  and (market.question ilike %(like)s or market.condition_id like %(prefix)s)  --? like prefix
  and market.question ilike %(like)s  --? like plain_text
  and smart.smart_count > 0  --? smart_only
{{keyset market.id}}

-- name: smart_markets
-- The list of markets with smart money in them, from the newest statistics.
select {{columns}},
       (select count(*) from market as other join market_smart_current on market_id = other.id
        where market.neg_risk and other.event_id = market.event_id) as event_markets,
       whole.smart_count as event_count, whole.smart_weighted as event_weighted, {{sort}} as sort_value
from market_smart_current as smart
left join market on market.id = smart.market_id
left join event on event.id = market.event_id
left join event_smart_stats as whole on whole.event_id = market.event_id and market.neg_risk
                                    and whole.computed_at = smart.computed_at
where true
  and smart.lean_label = any(%(leans)s)  --? leans
  and market.category = %(category)s  --? category
  and market.status = any(%(statuses)s)  --? statuses
  and market.liquidity >= cast(%(min_liquidity)s as numeric)  --? min_liquidity
  and smart.smart_count >= %(min_count)s  --? min_count
  and market.question ilike %(like)s  --? like
  and smart.leads_event  --? grouped
  and exists (select from watchlist where watchlist.market_id = smart.market_id)  --? watched
{{keyset smart.market_id}}

-- name: categories
-- Categories of the markets we know, the largest first.
select category, count(*) as markets
from market
where category is not null
group by category
order by count(*) desc, category
limit 50

-- name: price_sparklines
-- Seven days of prices for the markets on a page, the last of each day, oldest first. A day without a row is one on which
-- nothing changed.
select wanted.id as market_id, array_agg(known.price order by day) as prices
from unnest(%(ids)s::int[]) as wanted(id)
cross join generate_series(date_trunc('day', now()) - interval '6 days', date_trunc('day', now()), interval '1 day') as day
join lateral (select price from market_price p where p.market_id = wanted.id and p.ts < day + interval '1 day'
              order by ts desc limit 1) as known on true
group by wanted.id

-- name: flow_sparklines
-- Seven days of daily net smart flow for the markets on a page, oldest first.
select market_id, array_agg(net order by day) as micro
from (
    select market_id, date_trunc('day', hour) as day, sum(net_micro)::bigint as net
    from market_smart_flow
    where market_id = any(%(ids)s) and tier = any(%(tiers)s) and hour >= now() - interval '7 days'
    group by 1, 2
) as daily
group by market_id

-- name: smart_movers
-- What smart wallets did to their net positions in the last 24 hours, the largest change first; of all markets at most
-- three a wallet, so that one wallet does not fill the list.
with ranked as (
    select *, after_usd - before_usd as change_usd,
           row_number() over (partition by trader_id order by abs(after_usd - before_usd) desc, market_id) as place
    from market_smart_mover
    where true
      and market_id = %(market_id)s  --? market_id
)
select mover.market_id, mover.kind, mover.tier, mover.before_usd, mover.after_usd, mover.change_usd, mover.traded_usd,
       mover.moved_at, mover.computed_at, trader.address, trader.name, trader.verified, market.question, market.price
from ranked as mover
join trader on trader.id = mover.trader_id
join market on market.id = mover.market_id
where mover.place <= 3
order by abs(mover.change_usd) desc, mover.market_id, mover.trader_id
limit %(size)s
