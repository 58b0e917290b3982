-- Units: columns ending in _micro are bigint millionths (of a USD, or of a share); price_pico is a bigint of 1e-12 USD per share;
-- money columns without a suffix are numeric USD. Times are timestamptz, UTC. Token and condition ids are text.

create extension if not exists pg_trgm;

-- what Polymarket lists ------------------------------------------------------------------------------------------------

create table event (
    id                 integer generated always as identity primary key,
    gamma_id           text not null unique,
    slug               text not null,
    title              text not null,
    category           text,
    tags               text[] not null default '{}',
    neg_risk           boolean not null default false,
    neg_risk_market_id text,
    end_date           timestamptz,
    closed             boolean not null default false,
    volume             numeric(24, 6),
    liquidity          numeric(24, 6),
    first_seen_at      timestamptz not null default now(),
    updated_at         timestamptz not null default now()
);
create index event_slug on event (slug);

create table market (
    id               integer generated always as identity primary key,
    condition_id     text not null unique check (condition_id ~ '^0x[0-9a-f]{62,64}$'),
    gamma_id         text unique,
    event_id         integer references event,
    slug             text not null default '',
    question         text not null default '',
    description      text not null default '',
    category         text,
    status           text not null default 'OPEN' check (status in ('OPEN', 'CLOSED', 'RESOLVED')),
    neg_risk         boolean not null default false,
    group_item_title text,
    fee_rate         numeric(10, 6),
    liquidity        numeric(24, 6),
    volume           numeric(24, 6),
    volume_24h       numeric(24, 6),
    open_interest    numeric(24, 6),
    price            numeric(20, 12) check (price between 0 and 1),
    best_bid         numeric(20, 12),
    best_ask         numeric(20, 12),
    last_trade_price numeric(20, 12),
    price_change_24h numeric(20, 12),
    start_date       timestamptz,
    end_date         timestamptz,
    closed_at        timestamptz,
    resolved_at      timestamptz,
    resolution_seen_at timestamptz,  -- when we learned it, or learned that it had changed
    resolution_source text,
    first_seen_at    timestamptz not null default now(),
    priced_at        timestamptz,
    updated_at       timestamptz not null default now()
);
create index market_status_category on market (status, category);
create index market_event on market (event_id);
create index market_volume_24h on market (volume_24h desc nulls last, id);
create index market_end_date on market (end_date);
create index market_resolved on market (resolved_at) where resolved_at is not null;
create index market_resolution_seen on market (resolution_seen_at) where resolution_seen_at is not null;
create index market_question_trgm on market using gin (question gin_trgm_ops);

create table outcome (
    id            integer generated always as identity primary key,
    market_id     integer not null references market on delete cascade,
    outcome_index smallint check (outcome_index between 0 and 255),  -- null: not labelled yet
    token_id      text not null unique check (token_id ~ '^[0-9]{1,78}$'),
    name          text not null default '',
    price         numeric(20, 12) check (price between 0 and 1),
    payout_micro  integer check (payout_micro between 0 and 1000000),
    unique (market_id, outcome_index)
);

-- Prices of the first outcome over time; one row per look.
create table market_price (
    market_id integer not null references market on delete cascade,
    ts        timestamptz not null,
    price     numeric(20, 12) not null check (price between 0 and 1),
    source    text not null,
    primary key (market_id, ts)
);

-- who trades -----------------------------------------------------------------------------------------------------------

create table trader (
    id               integer generated always as identity primary key,
    address          text not null unique check (address ~ '^0x[0-9a-f]{40}$'),
    name             text not null default '',
    pseudonym        text not null default '',
    x_username       text not null default '',
    verified         boolean not null default false,
    found_by         text not null default 'leaderboard',
    first_seen_at    timestamptz not null default now(),
    last_active_at   timestamptz,
    updated_at       timestamptz not null default now(),
    -- the latest score, repeated here so that lists sort on an index; history is in trader_score
    as_of            timestamptz,
    score_version    text,
    tier             text check (tier in ('S', 'A', 'B', 'C', 'D', 'E')),
    rarity_score     integer check (rarity_score between 0 and 99999),
    rarity_classic   integer check (rarity_classic between 0 and 99999),
    realized_pnl     numeric(24, 6),
    unrealized_pnl   numeric(24, 6),
    total_pnl        numeric(24, 6),
    win_rate         double precision,
    decided_events   integer,
    excess_hit       double precision,
    profit_factor    double precision,
    max_drawdown     double precision,
    max_drawdown_usd numeric(24, 6),
    trade_count      integer,
    event_count      integer,
    roi              double precision,
    volume           numeric(24, 6),
    maker_share      double precision,
    hhi              double precision,
    top_share        double precision,
    stability        double precision,
    skill_prob       double precision,
    skill_edge       double precision,
    skill_lo         double precision,
    skill_hi         double precision,
    q_value          double precision,
    needs_events     integer,
    flags            text[] not null default '{}',
    reasons          text[] not null default '{}',
    best_category    text,
    coverage         text check (coverage in ('complete', 'partial', 'conflicted', 'unchecked')),
    coverage_reason  text,
    check (win_rate <> 'NaN' and skill_prob <> 'NaN' and skill_edge <> 'NaN' and profit_factor <> 'NaN'
           and max_drawdown <> 'NaN' and roi <> 'NaN' and stability <> 'NaN' and q_value <> 'NaN')
);
create index trader_tier_rarity on trader (tier, rarity_score desc nulls last, id);
create index trader_rarity on trader (rarity_score desc nulls last, id);
create index trader_total_pnl on trader (total_pnl desc nulls last, id);
create index trader_last_active on trader (last_active_at desc nulls last, id);
create index trader_skill_prob on trader (skill_prob desc nulls last, id);
create index trader_name_trgm on trader using gin (name gin_trgm_ops);

-- Where each wallet stood on which board, and when; a snapshot, never a base for deletes.
create table leaderboard_entry (
    fetched_at  timestamptz not null,
    board       text not null,
    trader_id   integer not null references trader on delete cascade,
    rank        integer,
    pnl_usdc    numeric(24, 6),
    volume      numeric(24, 6),
    primary key (board, trader_id, fetched_at)
);

-- what they did --------------------------------------------------------------------------------------------------------

-- One row per fill of one wallet. `key` is the first 8 bytes of a digest of the natural key (see store/keys.py),
-- occurrence included, so that two equal fills of one transaction are two rows and a second walk changes nothing.
create table trade (
    ts         timestamptz not null,
    key        bigint not null,
    size_micro bigint not null check (size_micro >= 0),  -- fills of less than a millionth of a share are there
    price_pico bigint not null check (price_pico between 0 and 1000000000000),
    cash_micro bigint not null check (cash_micro >= 0),
    trader_id  integer not null,
    outcome_id integer not null,
    market_id  integer not null,
    side       smallint not null check (side in (1, -1)),
    occurrence smallint not null,
    flags      smallint not null default 0,
    tx_hash    bytea not null
) partition by range (ts);
comment on column trade.side is '1 BUY, -1 SELL, seen from the wallet';
comment on column trade.flags is 'bit 0: cash was reported by the API (so fees are in it); else it is size x price';
create unique index trade_key on trade (ts, key);
create index trade_trader on trade (trader_id, ts);
create index trade_market on trade (market_id, ts);

-- What trades alone miss: splits, merges, redemptions, conversions, income, transfers.
create table activity (
    ts         timestamptz not null,
    key        bigint not null,
    kind       text not null,
    size_micro bigint,
    cash_micro bigint,
    trader_id  integer not null,
    market_id  integer,
    outcome_id integer,
    occurrence smallint not null,
    tx_hash    bytea not null,
    raw_kind   text not null,
    primary key (ts, key)
);
create index activity_trader on activity (trader_id, ts);
create index activity_market on activity (market_id, ts);

-- The position the API shows now. `absent_since` is set when a later look did not show it; nothing is deleted or zeroed.
create table position (
    trader_id         integer not null references trader on delete cascade,
    outcome_id        integer not null references outcome on delete cascade,
    market_id         integer not null,
    status            text not null check (status in ('OPEN', 'REDEEMABLE', 'CLOSED')),
    shares_micro      bigint not null,
    avg_price         numeric(20, 12),
    total_bought_micro bigint,
    current_price     numeric(20, 12),
    value_micro       bigint,
    realized_micro    bigint,
    unrealized_micro  bigint,
    last_event_at     timestamptz,
    fetched_at        timestamptz not null,
    absent_since      timestamptz,
    primary key (trader_id, outcome_id)
);
create index position_market on position (market_id) where status = 'OPEN';

create table position_snapshot (
    ts           timestamptz not null,
    trader_id    integer not null,
    outcome_id   integer not null,
    market_id    integer not null,
    shares_micro bigint not null,
    avg_price    numeric(20, 12),
    pnl_est_micro bigint,
    primary key (trader_id, outcome_id, ts)
);
create index position_snapshot_market on position_snapshot (market_id, ts);

-- what we make of it ---------------------------------------------------------------------------------------------------

-- Whose rows arrived since the ledger last read them, and from which second on.
create table trader_news (
    trader_id integer primary key,
    first_new timestamptz not null,
    marks     bigint not null default 1  -- counts the writes, so that news that came meanwhile is not forgotten
) with (fillfactor = 50);

-- A wallet's part of the score, kept so that a run reads only the wallets with news.
create table ledger_state (
    trader_id  integer primary key references trader on delete cascade,
    covered_to timestamptz not null,
    version    text not null,
    part       bytea not null
);

-- Average-cost positions from all activity read so far.
create table ledger_position (
    trader_id       integer not null references trader on delete cascade,
    outcome_id      integer not null references outcome on delete cascade,
    market_id       integer not null,
    shares_micro    bigint not null,
    cost_micro      bigint not null,
    realized_micro  bigint not null,
    bought_micro    bigint not null,
    bought_cost_micro bigint not null,
    fills           integer not null,
    first_ts        timestamptz,
    last_ts         timestamptz,
    settled         boolean not null default false,
    primary key (trader_id, outcome_id)
);
create index ledger_position_market on ledger_position (market_id);

-- One wallet's result in one event, the unit of skill (scoring.md section 3).
create table trader_event (
    trader_id      integer not null references trader on delete cascade,
    event_id       integer not null references event on delete cascade,
    category       text,
    first_entry_at timestamptz,
    decided_at     timestamptz,
    pnl_micro      bigint not null,
    invested_micro bigint not null,
    entry_price    double precision,
    surprise       double precision,
    information    double precision,
    payoff_range   double precision,
    primary key (trader_id, event_id)
);

create table trader_daily (
    trader_id      integer not null references trader on delete cascade,
    day            date not null,
    realized_micro bigint not null,
    total_micro    bigint not null,
    volume_micro   bigint not null,
    fills          integer not null,
    primary key (trader_id, day)
);

-- One scoring run: everything the per-trader rows share.
create table score_run (
    id            integer generated always as identity primary key,
    as_of         timestamptz not null,
    score_version text not null,
    population    integer not null,
    scored        integer not null,
    mu            double precision,
    tau           double precision,
    parameters    jsonb not null default '{}',
    created_at    timestamptz not null default now()
);

-- Append-only. A row is added when a trader's numbers changed; what was known at T is the newest row with as_of <= T.
create table trader_score (
    trader_id      integer not null references trader on delete cascade,
    as_of          timestamptz not null,
    run_id         integer not null references score_run,
    score_version  text not null,
    tier           text not null,
    rarity_score   integer,
    rarity_classic integer,
    realized_pnl   numeric(24, 6),
    unrealized_pnl numeric(24, 6),
    total_pnl      numeric(24, 6),
    win_rate       double precision,
    decided_events integer,
    profit_factor  double precision,
    max_drawdown   double precision,
    trade_count    integer,
    event_count    integer,
    skill_prob     double precision,
    skill_edge     double precision,
    skill_lo       double precision,
    skill_hi       double precision,
    q_value        double precision,
    flags          text[] not null default '{}',
    reasons        text[] not null default '{}',
    coverage       text,
    primary key (trader_id, as_of)
);
create index trader_score_as_of on trader_score (as_of);

create table market_smart_stats (
    market_id           integer not null references market on delete cascade,
    computed_at         timestamptz not null,
    score_version       text not null,
    smart_count         integer not null,
    smart_weighted      double precision not null,
    smart_weighted_yes  double precision not null,
    smart_weighted_no   double precision not null,
    smart_share         double precision,
    coverage            double precision,
    smart_lean          double precision,
    lean_lo             double precision,
    lean_hi             double precision,
    lean_label          text not null check (lean_label in ('YES', 'NO', 'MIXED', 'INSUFFICIENT')),
    smart_score         double precision,
    smart_score_classic double precision,
    smart_divergence    double precision,
    price               numeric(20, 12),
    liquidity           numeric(24, 6),
    top_smart_traders   jsonb not null default '[]',
    primary key (market_id, computed_at)
);
create index market_smart_stats_latest on market_smart_stats (computed_at desc, smart_score desc);

-- The newest row per market, for lists.
create table market_smart_current (like market_smart_stats including defaults including constraints, primary key (market_id));
create index market_smart_current_score on market_smart_current (smart_score desc, market_id);

create table market_smart_flow (
    market_id     integer not null references market on delete cascade,
    hour          timestamptz not null,
    tier          text not null,
    net_micro     bigint not null,
    gross_micro   bigint not null,
    traders       integer not null,
    primary key (market_id, hour, tier)
);

create table validation_run (
    id            integer generated always as identity primary key,
    as_of         timestamptz not null,
    score_version text not null,
    verdict       text not null,
    result        jsonb not null,
    created_at    timestamptz not null default now()
);

-- how it is kept fresh -------------------------------------------------------------------------------------------------

-- One stream: its cursor (where the next fetch starts) and its watermark (complete up to). Never the same column.
create table ingestion_state (
    source          text not null,
    key             text not null,
    cursor          text,
    cursor_params   jsonb,
    walk_id         uuid,
    last_timestamp  timestamptz,
    watermark       timestamptz,
    due_at          timestamptz not null default now(),
    priority        smallint not null default 0,
    leased_until    timestamptz,
    leased_by       text,
    last_success_at timestamptz,
    last_error_at   timestamptz,
    last_error      text,
    note            jsonb not null default '{}',
    primary key (source, key)
);
create index ingestion_state_due on ingestion_state (source, priority desc, due_at);

create table ingestion_run (
    id          bigint generated always as identity primary key,
    job         text not null,
    started_at  timestamptz not null default now(),
    ended_at    timestamptz,
    status      text not null default 'running'
                check (status in ('running', 'done', 'nothing to do', 'already running', 'failed', 'timed out', 'cancelled', 'crashed')),
    asked       jsonb not null default '{}',
    came        jsonb not null default '{}',
    changed     jsonb not null default '{}',
    error       text,
    flow_run_id text,
    report      text
);
create index ingestion_run_job on ingestion_run (job, started_at desc);

create table quarantine (
    id         bigint generated always as identity primary key,
    source     text not null,
    key        text not null,
    run_id     bigint,
    reason     text not null,
    raw        bytea not null,
    digest     bytea not null,
    seen_at    timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    times      integer not null default 1,
    unique (source, key, digest)
);
create index quarantine_seen on quarantine (seen_at desc);

-- Observed shape of each route's rows: the first sight of a key and type, and what drifted.
create table api_shape (
    route         text not null,
    field         text not null,
    json_type     text not null,
    first_seen_at timestamptz not null default now(),
    last_seen_at  timestamptz not null default now(),
    expected      boolean not null,
    primary key (route, field, json_type)
);

-- The request budget all processes share, one row per host and route (GCRA: theoretical arrival time).
create unlogged table api_budget (
    route         text primary key,
    next_at       timestamptz not null,
    closed_until  timestamptz,
    closed_reason text,
    taken         bigint not null default 0,
    throttled     bigint not null default 0
);

create table heartbeat (
    service    text primary key,
    pid        integer not null,
    started_at timestamptz not null,
    seen_at    timestamptz not null,
    detail     jsonb not null default '{}'
);

-- what people edit -----------------------------------------------------------------------------------------------------

create table watchlist (
    id         integer generated always as identity primary key,
    trader_id  integer references trader on delete cascade,
    market_id  integer references market on delete cascade,
    note       text not null default '' check (length(note) <= 2000),
    created_by text not null default 'local',
    created_at timestamptz not null default now(),
    check (num_nonnulls(trader_id, market_id) = 1),
    unique nulls not distinct (trader_id, market_id)
);

create table alert_rule (
    id          integer generated always as identity primary key,
    name        text not null check (length(name) between 1 and 200),
    kind        text not null,
    parameters  jsonb not null default '{}',
    enabled     boolean not null default true,
    created_by  text not null default 'local',
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);

create table alert (
    id           bigint generated always as identity primary key,
    rule_id      integer not null references alert_rule on delete cascade,
    dedupe_key   text not null unique,
    at           timestamptz not null default now(),
    trader_id    integer,
    market_id    integer,
    outcome_id   integer,
    sentence     text not null,
    detail       jsonb not null default '{}',
    price        numeric(20, 12),
    price_1h     numeric(20, 12),
    price_24h    numeric(20, 12),
    settled      numeric(20, 12)
);
create index alert_at on alert (at desc);

create table alert_delivery (
    alert_id     bigint not null references alert on delete cascade,
    target       text not null,
    status       text not null default 'waiting' check (status in ('waiting', 'sent', 'failed')),
    attempts     integer not null default 0,
    next_at      timestamptz not null default now(),
    sent_at      timestamptz,
    error        text,
    primary key (alert_id, target)
);

create table setting (
    name       text primary key,
    value      jsonb not null,
    changed_by text not null,
    changed_at timestamptz not null default now()
);

-- functions the roles may call -----------------------------------------------------------------------------------------

-- Monthly partitions of trade that cover [first, last]; returns how many were made.
create function ensure_trade_partitions(first timestamptz, last timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    month timestamptz := date_trunc('month', first, 'UTC');
    made integer := 0;
    part text;
begin
    if first < '2018-01-01Z' or last > '2100-01-01Z' then
        raise exception 'trades from % to % are outside 2018..2100', first, last;
    end if;
    while month <= last loop
        part := 'trade_' || to_char(month at time zone 'UTC', 'YYYY_MM');
        if to_regclass('public.' || part) is null then
            perform pg_advisory_xact_lock(hashtext('ensure_trade_partitions'));
            -- read from the table itself: a cached "not there" would outlive the wait for the lock
            if not exists (select from pg_class where relname = part and relnamespace = 'public'::regnamespace) then
                execute format('create table %I partition of trade for values from (%L) to (%L)',
                               part, month, month + interval '1 month');
                made := made + 1;
            end if;
        end if;
        month := month + interval '1 month';
    end loop;
    return made;
end $$;

-- Takes one request under every named limit (GCRA: a request every `gap` seconds, `burst` at once after a rest): the
-- longest wait counts. While any of them is closed nothing is taken, and the wait is until it opens.
create function reserve_budget(names text[], gaps double precision[], bursts integer[],
                               out wait_s double precision, out closed boolean, out reason text)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    right_now timestamptz := clock_timestamp();
    shut record;
    asked record;
    slot timestamptz;
begin
    wait_s := 0; closed := false; reason := '';
    select closed_until, closed_reason into shut from api_budget
        where route = any(names) and closed_until > right_now order by closed_until desc limit 1;
    if found then
        wait_s := extract(epoch from shut.closed_until - right_now); closed := true; reason := shut.closed_reason;
        return;
    end if;
    for asked in select * from unnest(names, gaps, bursts) as x(name, gap, burst) order by name loop
        insert into api_budget as b (route, next_at, taken)
        values (asked.name, right_now + make_interval(secs => asked.gap * (2 - asked.burst)), 1)
        on conflict (route) do update
            set next_at = greatest(b.next_at, right_now - make_interval(secs => asked.gap * (asked.burst - 1)))
                          + make_interval(secs => asked.gap),
                taken = b.taken + 1
        returning next_at - make_interval(secs => asked.gap) into slot;
        wait_s := greatest(wait_s, extract(epoch from slot - right_now));
    end loop;
end $$;

-- Closes a route (or, with a host such as 'data', every route of it) for some seconds; only ever lengthens.
create function close_budget(wanted text, seconds double precision, why text) returns void
language sql security definer set search_path = public, pg_temp as $$
    insert into api_budget as b (route, next_at, closed_until, closed_reason, throttled)
    values (wanted, clock_timestamp(), clock_timestamp() + make_interval(secs => seconds), why, 1)
    on conflict (route) do update
        set closed_reason = case when excluded.closed_until > coalesce(b.closed_until, '-infinity')
                                 then excluded.closed_reason else b.closed_reason end,
            closed_until = greatest(coalesce(b.closed_until, '-infinity'), excluded.closed_until),
            throttled = b.throttled + 1;
$$;
