"""Which database to use, as which role."""

from __future__ import annotations

from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from smartmoney.errors import SettingError
from smartmoney.settings import Settings
from smartmoney.store.server.embedded import EmbeddedPostgres

Role = Literal["sm_owner", "sm_ingest", "sm_read"]
UTC = "-c timezone=UTC"
"""Days and months are cut in UTC, whatever zone a server of one's own keeps."""
LIMITS = "-c statement_timeout=10s -c idle_in_transaction_session_timeout=30s"
SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


def database_url(settings: Settings, role: Role) -> str:
    """URL of our database for `role`, password included. Keep it out of logs.

    With DATABASE_URL every role connects as the user named there and steps down to `sm_ingest` or `sm_read` when the
    session starts. DATABASE_READ_URL, where set, is used for `sm_read`: with it pages hold no other password.

    Raises:
        SettingError: the setting is no PostgreSQL URL.
    """
    if role == "sm_read" and settings.database_read_url:
        # as written: poolers know no options; `greeting` sets the zone
        return _checked(settings.database_read_url.get_secret_value(), "DATABASE_READ_URL")
    if settings.database_url is None:
        return EmbeddedPostgres(settings.smartmoney_home).url(role)
    url = _checked(settings.database_url.get_secret_value(), "DATABASE_URL")
    if role == "sm_owner":
        return _with_options(url, UTC)
    return _with_options(url, f"-c role={role}", UTC, *([LIMITS] if role == "sm_read" else []))


def _with_options(url: str, *flags: str) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    query["options"] = " ".join([query.get("options", ""), *flags]).strip()
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))


def _checked(url: str, name: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.path.strip("/"):
        raise SettingError(
            f"{name} is not a PostgreSQL address; write postgresql://user:password@host:5432/database."
        )
    return urlunsplit(parts._replace(scheme="postgresql"))
