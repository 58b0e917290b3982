-- How many alerts a rule told since a time, by the time they were told.
select count(*) as told from alert where rule_id = :rule_id and at > :since
