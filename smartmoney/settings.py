"""One class holds every setting: name, type, unit, default, range and help.

Values come from the environment, then from `.env` in the working directory, then from the defaults. Names are used
as they are (`DATABASE_URL`, `VOILA_PORT`). A name that starts like one of ours but is none of ours is an error that
offers the nearest right name. Secrets are secret types and never print.
"""

from __future__ import annotations

import difflib
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, create_model, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from smartmoney.errors import SettingError
from smartmoney.layout import default_home
from smartmoney.registry import declared

PREFIXES = (
    "SMARTMONEY_",
    "POLYMARKET_",
    "RATE_LIMIT_",
    "SCHEDULE_",
    "RETENTION_",
    "ALERT_",
    "POPULATION_",
    "SCORING_",
)
SETTINGS_FILE = (
    "SMARTMONEY_SETTINGS_FILE"  # names the file of resolved settings a supervised process reads
)
LIVE_HOSTS = {
    "polymarket_data_url": "https://data-api.polymarket.com",
    "polymarket_gamma_url": "https://gamma-api.polymarket.com",
    "polymarket_clob_url": "https://clob.polymarket.com",
}
Tier = Literal["S", "A", "B", "C", "D", "E"]


SCHEDULES = {
    job.setting: (int, Field(job.every, ge=0, description=job.setting_help))
    for job in declared().values()
    if job.setting is not None
}
"""Seconds between the runs of each job that has a schedule, by the setting's name; 0 switches it off."""
if TYPE_CHECKING:
    ScheduleSettings = BaseSettings
else:
    ScheduleSettings = create_model("ScheduleSettings", __base__=BaseSettings, **SCHEDULES)


class Settings(ScheduleSettings):
    """Resolved configuration of one installation."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    # where things live
    smartmoney_home: Path = Field(
        default_factory=default_home,
        description="Folder of all state: database, run reports, logs, pid and port files.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL to use, postgresql://user:password@host:port/name. Unset: the embedded server.",
    )
    database_read_url: SecretStr | None = Field(
        None,
        description="Where pages and the REST API read. Unset: DATABASE_URL's server with the read-only role.",
    )
    prefect_database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL database of the Prefect server. Unset: database `prefect` beside ours.",
    )

    # where data comes from
    smartmoney_source: Literal["live", "simulator", "recorded"] = Field(
        "live", description="What the numbers come from; shown on every page."
    )
    polymarket_api_base_url: str | None = Field(
        None,
        description="Sets all three API addresses at once (/data, /gamma and /clob are appended).",
    )
    polymarket_data_url: str = Field(
        LIVE_HOSTS["polymarket_data_url"], description="Base address of the data API."
    )
    polymarket_gamma_url: str = Field(
        LIVE_HOSTS["polymarket_gamma_url"], description="Base address of gamma."
    )
    polymarket_clob_url: str = Field(
        LIVE_HOSTS["polymarket_clob_url"], description="Base address of the CLOB API."
    )
    polymarket_stream_url: str | None = Field(
        None,
        description="The live trade feed. Unset: Polymarket's, or the one of POLYMARKET_API_BASE_URL (/rtds is appended).",
    )
    polymarket_use_proxy: bool = Field(
        False,
        description="Use the proxy variables of the environment for the API. Off: they are ignored.",
    )
    rate_limit_requests: int = Field(
        0,
        ge=0,
        le=15_000,
        description="Requests per interval for every route. 0: half of each published limit.",
    )
    rate_limit_interval_ms: int = Field(
        10_000, ge=100, le=600_000, description="Interval of RATE_LIMIT_REQUESTS, milliseconds."
    )
    request_deadline_s: float = Field(
        30.0, ge=1, le=600, description="Most seconds one API request may take, body included."
    )

    # what is followed
    population_depth: int = Field(
        200,
        ge=1,
        le=1_050,
        description="Traders taken from each leaderboard (category, period, order).",
    )
    smart_tiers: Annotated[tuple[Tier, ...], NoDecode] = Field(
        ("S", "A"), description="Tiers that count as smart money, separated by commas."
    )
    worker_concurrency: int = Field(
        5, ge=1, le=64, description="Traders fetched at once, and runs per worker."
    )

    # where scores are computed
    scoring_engine: Literal["local", "dask"] = Field(
        "local",
        description="Where wallets are read and measured: in the job's own process, or on Dask workers.",
    )
    dask_address: str | None = Field(
        None,
        description="Dask scheduler, tcp://host:8786. Unset: DASK_WORKERS processes on this machine.",
    )
    dask_workers: int = Field(
        2, ge=1, le=256, description="Worker processes when DASK_ADDRESS is unset."
    )

    # when jobs run: a setting per job comes from its declaration, see SCHEDULES
    job_timeout_s: int = Field(
        1_800, ge=10, le=86_400, description="Most seconds a job's notebook may take."
    )

    job_memory_mb: int = Field(
        6_144, ge=256, description="Most private memory a job's kernel may take, MB."
    )
    prefect_api_url: str | None = Field(
        None,
        description="Prefect's API for a worker on another machine. Unset: the server `smartmoney up` starts.",
    )

    prefect_login: SecretStr | None = Field(
        None,
        description="user:password of Prefect's API. Unset: one that `smartmoney up` makes and "
        "keeps in SMARTMONEY_HOME/prefect/login.",
    )

    prefect_public_url: str | None = Field(
        None,
        description="Where people open Prefect when a proxy stands before it, https://prefect.example.org.",
    )

    # how long things are kept
    reports_url: str | None = Field(
        None,
        description="Where executed notebooks are kept, any fsspec address. Unset: SMARTMONEY_HOME/reports.",
    )
    retention_reports_days: int = Field(14, ge=1, description="Days executed notebooks are kept.")
    retention_runs_days: int = Field(
        90, ge=1, description="Days the rows of ingestion runs are kept."
    )
    retention_backups: int = Field(
        7, ge=0, le=1_000, description="Backups kept by maintenance; 0: it makes none."
    )
    backup_key: SecretStr | None = Field(
        None,
        description="Key that seals backups, 32 characters or more. Unset: one is made in SMARTMONEY_HOME/backup.key.",
    )
    retention_snapshots_days: int = Field(
        365,
        ge=1,
        description="Days the history of prices, boards, positions and smart markets is kept, thinned with age.",
    )
    retention_alerts_days: int = Field(365, ge=1, description="Days alerts are kept.")

    spare_sessions: int = Field(
        1,
        ge=0,
        le=4,
        description="Page sessions started ahead, so that a page opens sooner; about 110 MB each.",
    )

    # addresses of the servers (0: the default port, or the next free one)
    bind_host: str = Field(
        "127.0.0.1", description="Address the servers listen on; loopback unless told."
    )
    voila_port: int = Field(
        0, ge=0, le=65_535, description="Port of the dashboards. 0: 8866 or the next free one."
    )
    api_port: int = Field(
        0, ge=0, le=65_535, description="Port of the REST API. 0: 8000 or the next free one."
    )
    prefect_port: int = Field(
        0, ge=0, le=65_535, description="Port of Prefect. 0: 4200 or the next free one."
    )
    lab_port: int = Field(
        0, ge=0, le=65_535, description="Port of JupyterLab. 0: 8888 or the next free one."
    )
    simulator_port: int = Field(
        0, ge=0, le=65_535, description="Port of the simulator. 0: 8787 or the next free one."
    )
    api_jwt_secret: SecretStr | None = Field(
        None,
        description="Key that signs bearer tokens of the REST API. Unset: its acting routes are closed.",
    )
    cors_origin: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins that may call the REST API, separated by commas."
    )
    api_rate_limit: int = Field(
        100,
        ge=0,
        le=100_000,
        description="Requests per second one client may send to the REST API; 0: no limit.",
    )

    # telling people
    alert_urls: SecretStr | None = Field(
        None, description="Apprise addresses alerts go to, separated by spaces."
    )
    sentry_dsn: SecretStr | None = Field(
        None, description="Where errors are reported, if sentry-sdk is installed."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="What is logged."
    )

    # the simulator's world
    simulator_seed: int = Field(7, ge=0, description="Seed of the simulated world.")
    simulator_traders: int = Field(
        400, ge=2, le=100_000, description="Traders in the simulated world."
    )
    simulator_markets: int = Field(
        600, ge=1, le=100_000, description="Markets in the simulated world."
    )
    simulator_trades: int = Field(
        60_000, ge=0, le=50_000_000, description="Trades before the world goes live."
    )

    @field_validator("smartmoney_home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("smart_tiers", "cors_origin", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return (
            [part.strip() for part in value.split(",") if part.strip()]
            if isinstance(value, str)
            else value
        )

    def schedules(self) -> dict[str, float]:
        """Seconds between the runs of each job that has a schedule, by the job's name; 0 where it is off."""
        return {
            job.name: float(getattr(self, job.setting))
            for job in declared().values()
            if job.setting is not None
        }

    @property
    def world(self) -> str | None:
        """What tells one simulated world from another; None where nothing is simulated."""
        if self.smartmoney_source != "simulator":
            return None
        return (
            f"a simulated world of seed {self.simulator_seed}, {self.simulator_traders} traders, "
            f"{self.simulator_markets} markets, {self.simulator_trades} trades"
        )

    @property
    def api_urls(self) -> dict[str, str]:
        """Base addresses by host name: `data`, `gamma`, `clob`, without a trailing slash."""
        if self.polymarket_api_base_url:
            base = self.polymarket_api_base_url.rstrip("/")
            return {host: f"{base}/{host}" for host in ("data", "gamma", "clob")}
        return {
            "data": self.polymarket_data_url.rstrip("/"),
            "gamma": self.polymarket_gamma_url.rstrip("/"),
            "clob": self.polymarket_clob_url.rstrip("/"),
        }


def env_files() -> tuple[Path, ...]:
    """Files settings are read from: `.env` here, then the one a supervised process is given; the later wins."""
    given = os.environ.get(SETTINGS_FILE)
    return (Path(".env"), Path(given)) if given else (Path(".env"),)


def fields() -> dict[str, FieldInfo]:
    """Every setting by name, in the order people read them: the schedules before the limits of jobs."""
    known = Settings.model_fields
    rest = [name for name in known if name not in SCHEDULES]
    at = rest.index("job_timeout_s")
    return {name: known[name] for name in (*rest[:at], *SCHEDULES, *rest[at:])}


def known_names() -> list[str]:
    """Every setting's name as written in the environment."""
    return [name.upper() for name in fields()]


def unknown_names(env_file: Path = Path(".env")) -> list[str]:
    """Names in the environment that look like ours, and any name in `env_file`, that are no setting of ours."""
    known = {*known_names(), SETTINGS_FILE}
    names = [name for name in os.environ if name.upper().startswith(PREFIXES)]
    if env_file.is_file():
        lines = (line.strip() for line in env_file.read_text(encoding="utf-8").splitlines())
        names += [
            line.split("=", 1)[0].removeprefix("export ").strip()
            for line in lines
            if "=" in line and not line.startswith("#")
        ]
    return sorted(
        {
            name
            for name in names
            if name.upper() not in known and not name.startswith("SMARTMONEY_TEST_")
        }
    )


def load(**overrides: Any) -> Settings:
    """Read the settings, or say in one sentence what is wrong.

    Raises:
        SettingError: a value is out of range or of the wrong type, or a name is unknown.
    """
    for name in unknown_names():
        near = difflib.get_close_matches(name.upper(), known_names(), n=1)
        hint = (
            f"; did you mean {near[0]}?" if near else "; see .env.example for the names there are."
        )
        raise SettingError(f"There is no setting {name}{hint}")
    try:
        return Settings(_env_file=env_files(), **overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "a setting"
        help_text = (
            Settings.model_fields[name.lower()].description
            if name.lower() in Settings.model_fields
            else ""
        )
        raise SettingError(
            f"{name} is wrong: {first['msg']}. {help_text} Correct it in the environment or .env."
        ) from None
    except ValueError as error:
        raise SettingError(
            f"A setting cannot be read: {error}. Correct it in the environment or .env."
        ) from None


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return load()
