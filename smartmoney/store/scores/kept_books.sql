-- name: kept_until
select trader_id, coalesce(book_to, -1) from ledger_state where version = %(version)s order by trader_id

-- name: measures
select part from ledger_state where version = %(version)s order by trader_id

-- name: books
select trader_id, book from ledger_state
where book is not null and version = %(version)s and trader_id = any({{traders}})
order by 1
