-- name: wallets
-- Ids of wallets by address, and of those on the watchlist if wanted.
select id from trader where address = any(cast(%(addresses)s as text[]))
union
select trader_id from watchlist where trader_id is not null and cast(%(watched)s as boolean)

-- name: wallets_of_tiers
-- Wallets that had one of these tiers at any time in a span.
select trader_id as id from trader_score
where as_of > %(since)s and as_of <= %(until)s and tier = any(cast(%(tiers)s as text[]))
union
select trader.id from trader
where (select score.tier from trader_score as score where score.trader_id = trader.id and score.as_of <= %(since)s
       order by score.as_of desc limit 1) = any(cast(%(tiers)s as text[]))

-- name: markets
-- Ids of markets by our number or condition id, and of those on the watchlist if wanted.
select id from market where condition_id = any(cast(%(keys)s as text[]))
union
select id from market where id = any(cast(%(numbers)s as integer[]))
union
select market_id from watchlist where market_id is not null and cast(%(watched)s as boolean)

-- name: unknown
-- Those of the given addresses and condition ids or numbers that are not known.
select wanted.name from unnest(cast(%(addresses)s as text[])) as wanted(name)
where not exists (select from trader where trader.address = wanted.name)
union all
select wanted.name from unnest(cast(%(markets)s as text[])) as wanted(name)
where not exists (select from market where market.condition_id = wanted.name or cast(market.id as text) = wanted.name)

-- name: fills
-- Fills of wallets in the markets where one direction adds up to `least`, whichever outcome was traded, with the splits,
-- merges and redemptions there. Buying one outcome and selling the other point the same way; either may be worth more.
with busy as (
    select distinct trader_id, market_id from (
        select trade.trader_id, trade.market_id
        from trade join outcome on outcome.id = trade.outcome_id
        where trade.trader_id = any(cast(%(traders)s as integer[])) and trade.ts between %(since)s and %(until)s
          and trade.market_id = any(cast(%(markets)s as integer[]))  --? markets
        group by trade.trader_id, trade.market_id, trade.side * case outcome.outcome_index when 0 then 1 else -1 end
        having sum(greatest(trade.cash_micro, trade.size_micro - trade.cash_micro)) >= %(least)s
    ) as directions
), sides as (
    select busy.trader_id, busy.market_id, outcome.id as outcome_id,
           (select cast(sum(each.id) - outcome.id as integer) from outcome as each
            where each.market_id = busy.market_id having count(*) = 2) as other_id
    from busy join outcome on outcome.market_id = busy.market_id
)
select trade.ts, trade.key, trade.trader_id, trade.market_id, market.event_id, trade.outcome_id, trade.side,
       trade.size_micro, trade.cash_micro, trade.price_pico, true as traded, sides.other_id
from trade
join sides on sides.trader_id = trade.trader_id and sides.outcome_id = trade.outcome_id
join market on market.id = trade.market_id
where trade.trader_id = any(cast(%(traders)s as integer[])) and trade.ts between %(since)s and %(until)s
union all
select activity.ts, activity.key, activity.trader_id, activity.market_id, null, sides.outcome_id,
       case activity.kind when 'SPLIT' then 1 else -1 end, activity.size_micro, 0, 0, false, sides.other_id
from activity
join sides on sides.trader_id = activity.trader_id and sides.market_id = activity.market_id
where activity.ts between %(since)s and %(until)s and activity.kind in ('SPLIT', 'MERGE', 'REDEEM') and activity.size_micro > 0
  and (activity.kind <> 'REDEEM' or activity.outcome_id is null or activity.outcome_id = sides.outcome_id)
order by 1, 7 desc, 11, 2
limit %(most)s

-- name: held
-- Shares each wallet held of each outcome before a time: bought less sold, with splits, merges and redemptions.
with pair as (
    select * from unnest(cast(%(traders)s as integer[]), cast(%(outcomes)s as integer[]), cast(%(markets)s as integer[]))
        as pair(trader_id, outcome_id, market_id)
)
select trader_id, outcome_id, cast(sum(shares) as bigint) as shares from (
    select trade.trader_id, trade.outcome_id, sum(trade.side * trade.size_micro) as shares
    from trade
    join pair on pair.trader_id = trade.trader_id and pair.outcome_id = trade.outcome_id
    where trade.trader_id = any(cast(%(traders)s as integer[])) and trade.ts < %(before)s
    group by trade.trader_id, trade.outcome_id
    union all
    select pair.trader_id, pair.outcome_id,
           sum(case activity.kind when 'SPLIT' then activity.size_micro else -activity.size_micro end)
    from activity
    join pair on pair.trader_id = activity.trader_id and pair.market_id = activity.market_id
    where activity.ts < %(before)s and activity.kind in ('SPLIT', 'MERGE', 'REDEEM')
      and (activity.kind <> 'REDEEM' or activity.outcome_id is null or activity.outcome_id = pair.outcome_id)
    group by pair.trader_id, pair.outcome_id
) as parts
group by trader_id, outcome_id

-- name: tier_history
-- The tiers wallets had in a span, with the one before it.
select trader_id, as_of, tier, flags <> '{}' as flagged
from trader_score
where trader_id = any(cast(%(traders)s as integer[])) and as_of > %(since)s and as_of <= %(until)s
union all
select last.trader_id, last.as_of, last.tier, last.flags <> '{}'
from unnest(cast(%(traders)s as integer[])) as wanted(id)
join lateral (select * from trader_score as score where score.trader_id = wanted.id and score.as_of <= %(since)s
              order by score.as_of desc limit 1) as last on true
order by 1, 2

-- name: smart_transitions
-- Consecutive values of a statistic between which a level lies.
with looked as (
    select market_id, computed_at, {{measure}} as value, smart_lean, lean_label, smart_score, price
    from market_smart_stats
    where computed_at > %(since)s and computed_at <= %(until)s and {{measure}} is not null
      and market_id = any(cast(%(markets)s as integer[]))  --? markets
), known as (
    select * from looked
    union all
    select last.* from (select distinct market_id from looked) as wanted
    join lateral (
        select market_id, computed_at, {{measure}} as value, smart_lean, lean_label, smart_score, price
        from market_smart_stats as stats
        where stats.market_id = wanted.market_id and computed_at <= %(since)s and {{measure}} is not null
        order by computed_at desc limit 1) as last on true
), step as (
    select *, lag(value) over (partition by market_id order by computed_at) as before from known
)
select step.computed_at as at, step.market_id, market.event_id, step.before, step.value, step.smart_lean as lean,
       step.lean_label, step.smart_score as score, step.price, first.id as first_outcome_id,
       second.id as second_outcome_id
from step
join market on market.id = step.market_id
left join outcome as first on first.market_id = step.market_id and first.outcome_index = 0
left join outcome as second on second.market_id = step.market_id and second.outcome_index = 1
where step.computed_at > %(since)s and (step.before < %(level)s) <> (step.value < %(level)s)
order by step.computed_at, step.market_id

-- name: tier_transitions
-- Changes of tier in a span, of named wallets or from or to one of the tiers.
with looked as (
    select trader_id, as_of, tier from trader_score where as_of > %(since)s and as_of <= %(until)s
), known as (
    select * from looked
    union all
    select last.* from (select distinct trader_id from looked) as wanted
    join lateral (select trader_id, as_of, tier from trader_score as score
                  where score.trader_id = wanted.trader_id and score.as_of <= %(since)s
                  order by score.as_of desc limit 1) as last on true
), step as (
    select *, lag(tier) over (partition by trader_id order by as_of) as before from known
)
select as_of as at, trader_id, before, tier
from step
where as_of > %(since)s and before <> tier
  and (trader_id = any(cast(%(named)s as integer[])) or tier = any(cast(%(tiers)s as text[]))
       or before = any(cast(%(tiers)s as text[])))
order by as_of, trader_id

-- name: resolutions
-- Markets that resolved in a span, with what each outcome paid; a watched one only if it was watched by then.
select market.resolved_at as at, market.id as market_id, market.event_id,
       array_agg(outcome.name order by outcome.outcome_index, outcome.id) as names,
       array_agg(outcome.payout_micro order by outcome.outcome_index, outcome.id) as payouts
from market
join outcome on outcome.market_id = market.id
where market.status = 'RESOLVED' and market.resolved_at > %(since)s and market.resolved_at <= %(until)s
  and (market.id = any(cast(%(markets)s as integer[]))
       or cast(%(watched)s as boolean) and exists (
           select from watchlist where watchlist.market_id = market.id and watchlist.created_at <= market.resolved_at))
group by market.id
having count(outcome.payout_micro) = count(*)
order by market.resolved_at, market.id

-- name: staleness
-- Spans without a success that are longer than each job's `least` seconds; a job that never succeeded is silent since
-- its first run.
with wanted as (
    select * from unnest(cast(%(jobs)s as text[]), cast(%(least)s as double precision[])) as wanted(job, least)
), success as (
    select run.job, coalesce(run.ended_at, run.started_at) as at
    from ingestion_run as run
    join wanted on wanted.job = run.job
    where run.status in ('done', 'nothing to do') and run.started_at > %(reach)s and run.started_at <= %(until)s
    union all
    select run.job, min(run.started_at)
    from ingestion_run as run
    join wanted on wanted.job = run.job
    where run.started_at <= %(until)s
    group by run.job
    having count(*) filter (where run.status in ('done', 'nothing to do')) = 0
), span as (
    select job, at, lead(at) over (partition by job order by at) as next from success
)
select span.job, span.at as last, span.next
from span
join wanted on wanted.job = span.job
where extract(epoch from coalesce(span.next, %(until)s) - span.at) > wanted.least
  and (span.next is null or span.next > %(since)s)
order by span.at, span.job

-- name: known_since
-- Since when tiers and statistics of markets are known.
select (select min(as_of) from trader_score) as tiers, (select min(computed_at) from market_smart_stats) as statistics

-- name: names
-- Texts of what alerts are about: wallets, markets, outcomes.
select 'trader' as what, id, address as key, coalesce(nullif(name, ''), pseudonym) as name
from trader where id = any(cast(%(traders)s as integer[]))
union all
select 'market', id, condition_id, question from market where id = any(cast(%(markets)s as integer[]))
union all
select 'outcome', id, token_id, name from outcome where id = any(cast(%(outcomes)s as integer[]))
