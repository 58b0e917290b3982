-- How large each table was, and up to when each is thinned (store/server/growing.py). What stands is thinned by the next
-- maintenance, which begins at the first row.
create table table_size (
    table_name  text not null,
    measured_at timestamptz not null,
    bytes       bigint not null,
    primary key (table_name, measured_at)
);

create table upkeep (
    table_name text not null,
    period     text not null,
    done_to    timestamptz not null,
    primary key (table_name, period)
);

-- Nobody reads snapshots by market: the index was half of the table.
drop index position_snapshot_market;
