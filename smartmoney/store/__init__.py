"""Postgres: the embedded server, migrations, roles, bulk load, state of the streams, and the reads pages use.

The only room that imports the database driver and holds SQL.
"""
