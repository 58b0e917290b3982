-- Puts a trader's streams at the head of the queue; the trader need not be known.
select request_sync(:address, cast(:sources as text[])) as trader_id
