#!/bin/sh
# Runs once, when the database is made: the role pages and REST API read with, which knows no other password.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$READER_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
create role sm_read login password :'password';
create role sm_ingest nologin;
revoke connect, temporary on database smartmoney from public;
grant connect on database smartmoney to sm_ingest, sm_read;
grant temporary on database smartmoney to sm_ingest;
SQL
