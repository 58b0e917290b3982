-- Categories of the markets we know, the largest first.
select category, count(*) as markets
from market
where category is not null
group by category
order by count(*) desc, category
limit 50
