-- The newest rows that could not be read, with the beginning of their raw text.
select id, source, key, reason, seen_at, last_seen_at, times,
       left(encode(substring(raw from 1 for 300), 'escape'), 300) as sample, length(raw) as bytes
from quarantine
order by last_seen_at desc
limit 10
