-- What people changed on the Settings page.
select name, value, changed_by, changed_at
from setting
order by name
