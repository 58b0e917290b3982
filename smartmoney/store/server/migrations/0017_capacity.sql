-- When a stream was read to its end first: how far and how fast the first fill is. And what can be held fresh, as planned last.
alter table ingestion_state add column first_success_at timestamptz;
update ingestion_state set first_success_at = last_success_at where last_success_at is not null;

create table capacity (
    source     text primary key,
    planned_at timestamptz not null,
    stretch    double precision not null check (stretch >= 1),
    plan       jsonb not null
);
