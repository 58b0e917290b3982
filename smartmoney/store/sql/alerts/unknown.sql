-- Those of the given addresses and condition ids or numbers that are not known.
select wanted.name from unnest(cast(:addresses as text[])) as wanted(name)
where not exists (select from trader where trader.address = wanted.name)
union all
select wanted.name from unnest(cast(:markets as text[])) as wanted(name)
where not exists (select from market where market.condition_id = wanted.name or cast(market.id as text) = wanted.name)
