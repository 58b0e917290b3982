"""What each process is given: a clean environment, and the resolved settings in a file only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from pydantic import SecretStr

from smartmoney.settings import SETTINGS_FILE, Settings
from smartmoney.store.server.address import database_url
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.supervise.paths import ROOT, Paths

KEPT = (
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "FORWARDED_ALLOW_IPS",
)
PROXY = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
ONLY_LIBPQ = (
    "channel_binding",
    "connect_timeout",
    "gssencmode",
    "gssdelegation",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "require_auth",
    "requirepeer",
    "sslcertmode",
    "sslcompression",
    "sslcrldir",
    "sslsni",
    "tcp_user_timeout",
)


def write_settings(settings: Settings, paths: Paths) -> None:
    """Write every setting that is not at its default to the installation's settings file."""
    values = {name: getattr(settings, name) for name in sorted(settings.model_fields_set)}
    lines = [
        f"{name.upper()}={_quoted(value)}\n" for name, value in values.items() if value is not None
    ]
    write_private(paths.settings_file, "".join(lines))


def _quoted(value: Any) -> str:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else written(value)
    escaped = plain.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def written(value: Any) -> str:
    """A setting's value as one writes it in the environment."""
    if isinstance(value, bool):
        return str(value).lower()
    return (
        ",".join(map(str, value))
        if isinstance(value, list | tuple)
        else ""
        if value is None
        else str(value)
    )


def base(settings: Settings) -> dict[str, str]:
    """The environment every process starts from."""
    paths = Paths(settings.smartmoney_home)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    proxy = PROXY if settings.polymarket_use_proxy else ()
    return (
        kept
        | {name: os.environ[name] for name in proxy if name in os.environ}
        | {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "LANG": kept.get("LANG", "C.UTF-8"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
            "MALLOC_ARENA_MAX": "2",  # a dozen threads that mostly wait need no heap each
            SETTINGS_FILE: str(paths.settings_file),
            "JUPYTER_CONFIG_DIR": str(paths.run / "jupyter" / "config"),
            "JUPYTER_DATA_DIR": str(paths.run / "jupyter" / "data"),
            "JUPYTER_RUNTIME_DIR": str(paths.run / "jupyter"),
            "IPYTHONDIR": str(paths.run / "jupyter" / "ipython"),
            "JUPYTER_PLATFORM_DIRS": "1",
        }
    )


def prefect(settings: Settings, port: int) -> dict[str, str]:
    """The environment of everything that talks to Prefect, its server included; nothing secret."""
    paths = Paths(settings.smartmoney_home)
    address = settings.prefect_api_url or f"http://{reachable(settings.bind_host)}:{port}/api"
    return {
        "TMPDIR": str(paths.temporary),
        "PREFECT_HOME": str(paths.prefect),
        "PREFECT_PROFILES_PATH": str(paths.prefect / "profiles.toml"),
        "PREFECT_PROFILE": "client",
        "PREFECT_API_URL": address,
        "DO_NOT_TRACK": "1",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "smartmoney",
        "PREFECT_LOGGING_LEVEL": settings.log_level,
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json",
        "PREFECT_LOGGING_FORMATTERS_JSON_CLASS": "smartmoney.logs.JsonLines",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_WORKER_ENABLE_CANCELLATION": "true",
        "PREFECT_WORKER_CANCELLATION_POLL_SECONDS": "15",
        "PREFECT_WORKER_QUERY_SECONDS": "5",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_RUNNER_PROCESS_LIMIT": str(settings.worker_concurrency),
    }


def prefect_server(settings: Settings, port: int) -> dict[str, str]:
    """What only Prefect's server is given; its database's address is in its profile, not here."""
    origin = (
        settings.prefect_public_url or f"http://{reachable(settings.bind_host)}:{port}"
    ).rstrip("/")
    return {
        "PREFECT_PROFILE": "server",
        "PREFECT_SERVER_API_HOST": settings.bind_host,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_UI_API_URL": f"{origin}/api",
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": origin,
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "3d",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": '["events", "flow_runs"]',
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": f"{settings.retention_reports_days}d",
        "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "30",
        "PREFECT_SERVER_SERVICES_FOREMAN_LOOP_SECONDS": "30",
        "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS": "60",
        "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "12",
        "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "15",
    }


def write_profiles(settings: Settings) -> None:
    """Prefect's profiles: the server's holds its database's address, both the login of its API."""
    paths = Paths(settings.smartmoney_home)
    url = json.dumps(prefect_database(settings))
    lines = [
        'active = "client"',
        "",
        "[profiles.server]",
        f"PREFECT_SERVER_DATABASE_CONNECTION_URL = {url}",
    ]
    login = json.dumps(prefect_login(settings))
    lines += [f"PREFECT_SERVER_API_AUTH_STRING = {login}", "", "[profiles.client]"]
    lines.append(f"PREFECT_API_AUTH_STRING = {login}")
    write_private(paths.prefect / "profiles.toml", "\n".join(lines) + "\n")


def prefect_login(settings: Settings) -> str:
    """`user:password` of Prefect's API: PREFECT_LOGIN, or one made here. On loopback too: every user of the machine, and
    every page open in a browser, can send something there."""
    if settings.prefect_login is not None and settings.prefect_login.get_secret_value():
        return settings.prefect_login.get_secret_value()
    path = Paths(settings.smartmoney_home).prefect / "login"
    if not path.exists():
        write_private(path, f"smartmoney:{secrets.token_urlsafe(18)}")
    return path.read_text()


def prefect_database(settings: Settings) -> str:
    """Address of the Prefect server's database."""
    if settings.prefect_database_url:
        url = settings.prefect_database_url.get_secret_value()
    elif settings.database_url:
        url = urlunsplit(urlsplit(database_url(settings, "sm_owner"))._replace(path="/prefect"))
    else:
        return EmbeddedPostgres(settings.smartmoney_home).url(
            "prefect", "prefect", "postgresql+asyncpg"
        )
    return for_asyncpg(url)


def for_asyncpg(url: str) -> str:
    """A libpq address as SQLAlchemy hands it to asyncpg.

    SQLAlchemy passes every query parameter to `asyncpg.connect` as a keyword, which knows `host` and `port`; the others
    (sslmode, options, application_name, target_session_attrs) asyncpg reads from an address of its own, `dsn`. What only
    libpq knows is left out, since the server would refuse it as a setting.
    """
    parts = urlsplit(url)
    query = parse_qsl(parts.query)
    kept = [(name, value) for name, value in query if name in ("host", "port")]
    rest = [pair for pair in query if pair not in kept and pair[0] not in ONLY_LIBPQ]
    if rest:
        kept.append(("dsn", f"postgresql://?{urlencode(rest, quote_via=quote)}"))
    return urlunsplit(
        parts._replace(scheme="postgresql+asyncpg", query=urlencode(kept, quote_via=quote))
    )


def reachable(host: str) -> str:
    """The host part of an address people on this machine can open."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host


def open_private(path: Path) -> TextIO:
    """An emptied file that only its owner can read, to write to; also where one lay that others could read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "w")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    with open_private(path) as file:
        file.write(text)
