"""PostgreSQL's own programs, as they are started."""

from __future__ import annotations

import os

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smartmoney.store.server.embedded import EmbeddedPostgres


def client_program(name: str) -> str:
    """Path of pg_dump or pg_restore: the embedded server's own, which reads every server up to its version."""
    return str(EmbeddedPostgres.client(name))


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """Where to connect without the password, and an environment with it: anybody sees what programs are started with."""
    found = conninfo_to_dict(url)
    password = found.pop("password", None)
    return make_conninfo("", **found), os.environ | (
        {"PGPASSWORD": str(password)} if password else {}
    )
