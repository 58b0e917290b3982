-- How many rows a list has; `body` is another template of this folder, rendered without its page.
select count(*) as total
from (
{{body}}
) as counted
