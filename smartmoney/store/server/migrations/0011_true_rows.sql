-- What the venue's rows really are: a conversion names a group of questions and no market, a combo has legs and a
-- condition of 31 bytes, a Protocol V2 market has two spellings, and an owner's address is not the wallet that trades.

create table neg_risk_group (
    id                 integer generated always as identity primary key,
    neg_risk_market_id text not null unique check (neg_risk_market_id ~ '^0x[0-9a-f]{64}$'),
    first_seen_at      timestamptz not null default now(),
    whole_at           timestamptz  -- when every market of its event was asked for last
);
comment on table neg_risk_group is 'Groups of questions in which somebody converted; market.neg_risk_market_id names the markets of one';

alter table activity add column group_id integer;  -- of a conversion: its legs are not told

alter table market
    add column neg_risk_market_id text,
    add column question_id text,
    add column version text not null default '',  -- of the protocol: v2 markets have conditions of 31 bytes
    add column created_at timestamptz;            -- a conversion gives a YES only of questions that existed then
create index market_neg_risk on market (neg_risk_market_id) where neg_risk_market_id is not null;
create index market_question_id on market (question_id) where question_id is not null;
update market m set neg_risk_market_id = e.neg_risk_market_id from event e
where e.id = m.event_id and m.neg_risk and e.neg_risk_market_id is not null;

create table combo_leg (
    market_id     integer not null references market on delete cascade,
    leg_index     smallint not null,
    condition_id  text not null,
    token_id      text not null default '',
    outcome_index smallint,
    outcome       text not null default '',
    title         text not null default '',
    slug          text not null default '',
    event_slug    text not null default '',
    event_title   text not null default '',
    status        text not null default '',
    resolved_at   timestamptz,
    primary key (market_id, leg_index)
);

create table wallet_owner (
    owner    text primary key check (owner ~ '^0x[0-9a-f]{40}$'),
    wallet   text not null check (wallet ~ '^0x[0-9a-f]{40}$'),
    found_at timestamptz not null default now()
);
comment on table wallet_owner is 'Addresses that sign for a trading wallet, and that wallet, as the public profile names it';
