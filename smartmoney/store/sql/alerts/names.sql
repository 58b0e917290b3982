-- Texts of what alerts are about: wallets, markets, outcomes.
select 'trader' as what, id, address as key, coalesce(nullif(name, ''), pseudonym) as name
from trader where id = any(cast(:traders as integer[]))
union all
select 'market', id, condition_id, question from market where id = any(cast(:markets as integer[]))
union all
select 'outcome', id, token_id, name from outcome where id = any(cast(:outcomes as integer[]))
