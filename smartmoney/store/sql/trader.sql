-- One trader by address, with everything the latest score said.
select trader.*, coalesce(standing.rank, 0) as board_rank, standing.board, standing.fetched_at as board_at
from trader
left join lateral (
    select board, rank, fetched_at from leaderboard_entry
    where trader_id = trader.id and rank is not null order by rank, fetched_at desc limit 1
) as standing on true
where trader.address = :address
