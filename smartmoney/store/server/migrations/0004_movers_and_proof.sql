-- Who moved in the last 24 hours, negative-risk events as wholes, where alerts go, and whether the lean was right.

-- Smart wallets that changed their net position, as of the newest run; USD at the price of that moment, + is the first outcome.
create table market_smart_mover (
    market_id   integer not null references market on delete cascade,
    trader_id   integer not null references trader on delete cascade,
    kind        text not null check (kind in ('opened', 'added', 'cut', 'closed', 'flipped')),
    tier        text not null,
    before_usd  numeric(24, 6) not null,
    after_usd   numeric(24, 6) not null,
    traded_usd  numeric(24, 6) not null,
    moved_at    timestamptz not null,
    computed_at timestamptz not null,
    primary key (market_id, trader_id)
);
create index market_smart_mover_size on market_smart_mover (abs(after_usd - before_usd) desc);

create index market_smart_flow_hour on market_smart_flow (hour);

-- A negative-risk event: a wallet counts once, by all it holds there.
create table event_smart_stats (
    event_id            integer not null references event on delete cascade,
    computed_at         timestamptz not null,
    smart_count         integer not null,
    smart_weighted      double precision not null,
    favourite_market_id integer references market on delete set null,
    primary key (event_id, computed_at)
);

-- Where alerts go, by labels that give no secret away; a label is written by the job that knows the address.
create table alert_target (
    label      text primary key,
    service    text not null default '',
    problem    text,
    seen_at    timestamptz not null,
    tested_at  timestamptz,
    test_error text
);
comment on column alert_target.test_error is 'why the last test was not accepted; null with tested_at: it was';

create table lean_proof (
    id         integer generated always as identity primary key,
    as_of      timestamptz not null,
    verdict    text not null,
    result     jsonb not null,
    created_at timestamptz not null default now()
);
