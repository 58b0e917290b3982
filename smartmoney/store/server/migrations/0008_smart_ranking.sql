-- The ranking of smart markets from an index, in the order pages ask for; lists of traders out of the way of scans; which
-- outcome stands for its negative-risk event, decided when the statistics are written.

alter table market_smart_current add column leads_event boolean not null default true;
comment on column market_smart_current.leads_event is 'false: another outcome of its negative-risk event has a higher score';
alter table market_smart_current set (toast_tuple_target = 256);

drop index market_smart_current_score;
create index market_smart_current_score on market_smart_current (smart_score desc nulls last, market_id);
