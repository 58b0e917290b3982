-- Prices from before our first look, and a fast way to the fills whose cash is not known yet.

alter table market add column history_at timestamptz;
comment on column market.history_at is 'when its price history was last asked for';

create index trade_cashless on trade (ts, key) where flags & 1 = 0;
