-- What the overview and the list of smart markets sum up, from an index and from a table of totals.

-- What wallets hold now, read from the index alone.
create index ledger_position_held on ledger_position (trader_id) include (market_id, outcome_id, shares_micro)
    where shares_micro > 0 and not settled;

create table smart_flow (
    hour          timestamptz not null,
    tier          text not null,
    net_micro     bigint not null,
    gross_micro   bigint not null,
    primary key (hour, tier)
);
comment on table smart_flow is 'market_smart_flow over all markets';
insert into smart_flow
select hour, tier, sum(net_micro), sum(gross_micro) from market_smart_flow group by hour, tier;
