-- Services that say they live.
select service, pid, started_at, seen_at, detail
from heartbeat
order by seen_at
