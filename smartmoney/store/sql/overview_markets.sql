-- Markets by status.
select status, count(*) as markets
from market
group by status
order by status
