-- Up to when a wallet's trades are complete.
select watermark
from ingestion_state
where source = 'trades' and key = :address
