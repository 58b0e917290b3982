-- The database itself: size, connections, newest migration.
select pg_database_size(current_database()) as bytes, current_setting('server_version') as version,
       (select count(*) from pg_stat_activity where datname = current_database()) as connections,
       current_setting('max_connections')::integer as max_connections,
       (select max(number) from migration) as migration, (select max(applied_at) from migration) as migrated_at,
       now() as checked_at
