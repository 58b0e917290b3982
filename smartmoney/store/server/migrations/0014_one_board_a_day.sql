-- A board was kept as it stood every five minutes, most of half a gigabyte a day, and read as it stood last. Of each day
-- the last look at a wallet's place stays.
delete from leaderboard_entry e
where exists (
    select from leaderboard_entry later
    where later.board = e.board and later.trader_id = e.trader_id and later.fetched_at > e.fetched_at
      and date_trunc('day', later.fetched_at, 'UTC') = date_trunc('day', e.fetched_at, 'UTC'));
