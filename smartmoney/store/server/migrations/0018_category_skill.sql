-- What each wallet is good at, as calculate_category_skill found it last (scoring.md, section 3). Derived: no references.
create table trader_category (
    trader_id    integer not null,
    category     text not null,
    skill_events integer not null,
    skill_edge   double precision,
    skill_lo     double precision,
    skill_hi     double precision,
    skill_prob   double precision,
    q_value      double precision,
    good         boolean not null,
    primary key (trader_id, category)
);
create index trader_category_good on trader_category (category, trader_id) where good;
