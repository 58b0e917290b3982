-- Back to the default.
delete from setting where name = :name
