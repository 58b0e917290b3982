-- name: standing
select (select wallet from wallet_owner where owner = %(address)s) as wallet,
       (select note ->> 'wallet' from ingestion_state where source = 'trades' and key = %(address)s) as note,
       exists (select from trader where address = %(address)s) as known,
       exists (select from trade join trader on trader.id = trade.trader_id where address = %(address)s) as trades

-- name: wallets
select owner, wallet from wallet_owner
where owner = any(%(owners)s)
  and not exists (select from trade join trader on trader.id = trade.trader_id where address = owner)

-- name: save
insert into wallet_owner (owner, wallet) values (%(owner)s, %(wallet)s)
on conflict (owner) do update set wallet = excluded.wallet

-- name: add_wallet
insert into trader (address, found_by) values (%(wallet)s, 'owner') on conflict do nothing

-- name: move_watch
insert into watchlist (trader_id, note, created_by)
select t.id, w.note, w.created_by
from watchlist w join trader o on o.id = w.trader_id, trader t
where o.address = %(owner)s and t.address = %(wallet)s
on conflict do nothing

-- name: remove_owner
delete from trader o
where address = %(owner)s and not exists (select from trade where trader_id = o.id)
  and not exists (select from activity where trader_id = o.id)
