"""Migrations: numbered SQL files. Each step and the note that it ran commit together; one process at a time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg

from smartmoney.errors import SchemaMismatch, SettingError, StoreUnavailable
from smartmoney.settings import Settings
from smartmoney.store.db import Store, translated
from smartmoney.store.server import views
from smartmoney.store.server.address import database_url
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.secrets import role_passwords

FOLDER = Path(__file__).parent / "migrations"
LOCK = 7_310_001  # names the advisory lock that lets one process migrate at a time


@dataclass(frozen=True)
class Migration:
    """One step: its number, name and SQL text."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """Fingerprint of the text, so that an edited step is noticed."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """All steps in order, from files named `0001_name.sql`."""
    files = sorted(folder.glob("[0-9]*_*.sql"))
    return [
        Migration(int(file.name.split("_")[0]), file.stem.partition("_")[2], file.read_text())
        for file in files
    ]


def prepare(settings: Settings) -> None:
    """Make the databases and roles of the embedded server; on a server of your own only the two lesser roles.

    Raises:
        SettingError: the database holds tables of something else.
        StoreUnavailable: the server does not answer.
    """
    if settings.database_url is not None:
        require_ours(settings)
    else:
        _prepare_embedded(
            EmbeddedPostgres(settings.smartmoney_home), role_passwords(settings.smartmoney_home)
        )
        return
    with (
        translated(),
        psycopg.connect(database_url(settings, "sm_owner"), autocommit=True) as connection,
    ):
        for role in ("sm_ingest", "sm_read"):
            if not _has_role(connection, role):
                connection.execute(f"create role {role} nologin")
            connection.execute(f"grant {role} to current_user")
        _limit_read_role(connection)
        if settings.prefect_database_url is None:
            _make_prefect_database(connection)


FOREIGN = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by c.relname limit 4"""
OURS = """
select count(*) = 3 from information_schema.columns
where table_schema = 'public' and table_name = 'migration' and column_name in ('number', 'digest', 'applied_at')"""


def require_ours(settings: Settings) -> None:
    """Before anything is made on a server of your own: is the database ours, or empty?

    Raises:
        SettingError: it holds tables of something else; nothing was changed.
        StoreUnavailable: the server does not answer.
    """
    with (
        translated(),
        psycopg.connect(database_url(settings, "sm_owner"), autocommit=True) as connection,
    ):
        ours = connection.execute(OURS).fetchone()
        if ours is not None and ours[0]:
            return
        others = [row[0] for row in connection.execute(FOREIGN).fetchall()]
        if others:
            raise SettingError(
                f"DATABASE_URL names the database {connection.info.dbname}, which holds tables of something else "
                f"({', '.join(others[:3])}{', ...' if len(others) > 3 else ''}). Make a database for smartmoney alone "
                "(create database smartmoney) and name that one."
            )


def _make_prefect_database(connection: psycopg.Connection) -> None:
    """Beside ours, where we may; where we may not, Prefect says at its start what it misses."""
    if connection.execute("select 1 from pg_database where datname = 'prefect'").fetchone():
        return
    try:
        connection.execute("create database prefect")
    except (
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.DuplicateDatabase,
        psycopg.errors.UniqueViolation,
    ):
        return


def _prepare_embedded(server: EmbeddedPostgres, passwords: dict[str, str]) -> None:
    with (
        translated(),
        psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection,
    ):
        for role in ("sm_owner", "sm_ingest", "sm_read", "prefect"):
            if not _has_role(connection, role):
                connection.execute(
                    psycopg.sql.SQL("create role {} login password {}").format(
                        psycopg.sql.Identifier(role), psycopg.sql.Literal(passwords[role])
                    )
                )
        for name, owner in (("smartmoney", "sm_owner"), ("prefect", "prefect")):
            known = connection.execute(
                "select 1 from pg_database where datname = %s", [name]
            ).fetchone()
            if not known:
                connection.execute(f"create database {name} owner {owner}")
            connection.execute(f"revoke connect, temporary on database {name} from public")
        connection.execute("grant sm_ingest, sm_read to sm_owner")
        connection.execute("grant connect on database smartmoney to sm_ingest, sm_read")
        connection.execute("grant temporary on database smartmoney to sm_ingest")
        _limit_read_role(connection)
    for role, name in (("sm_owner", "smartmoney"), ("prefect", "prefect")):
        # as the owner, not the superuser: what lies in a database that was restored from a dump never runs as the latter
        with translated(), psycopg.connect(server.url(role, name), autocommit=True) as connection:
            connection.execute("create extension if not exists pg_trgm")


def _limit_read_role(connection: psycopg.Connection) -> None:
    connection.execute("alter role sm_read set statement_timeout = '10s'")
    connection.execute("alter role sm_read set idle_in_transaction_session_timeout = '30s'")
    connection.execute("alter role sm_read connection limit 100")


def _has_role(connection: psycopg.Connection, role: str) -> bool:
    return (
        connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
        is not None
    )


def migrate(store: Store, steps: list[Migration] | None = None) -> list[str]:
    """Bring the schema up to date; returns the names of the steps that ran.

    A second process waits for the first. A step that fails is rolled back together with its record.

    Raises:
        SchemaMismatch: the database was migrated by a newer version, a step was edited after it ran, or a step failed.
        StoreUnavailable: the database does not answer.
    """
    steps = migrations() if steps is None else steps
    done: list[str] = []
    with store.session() as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        connection.execute(
            "create table if not exists migration (number integer primary key, name text not null, "
            "digest text not null, applied_at timestamptz not null default now())"
        )
        applied = dict(connection.execute("select number, digest from migration").fetchall())
        check(applied, steps)
        missing = [step for step in steps if step.number not in applied]
        if missing:
            views.drop(connection)
        for step in missing:
            _apply(connection, step)
            done.append(f"{step.number:04d}_{step.name}")
        if steps == migrations() and not views.is_current(connection):
            with connection.transaction():
                views.drop(connection)
                views.lay_out(connection)
    return done


def _apply(connection: psycopg.Connection, step: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(step.sql)
            connection.execute(
                "insert into migration (number, name, digest) values (%s, %s, %s)",
                [step.number, step.name, step.digest],
            )
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise SchemaMismatch(
            f"Migration {step.number:04d}_{step.name} failed and was rolled back: "
            f"{str(error).splitlines()[0]}"
        ) from error


def check(applied: dict[int, str], steps: list[Migration]) -> None:
    """Raise SchemaMismatch unless `applied` (number -> digest) is a beginning of `steps`."""
    known = {step.number: step for step in steps}
    newest = max(applied, default=0)
    if newest > max(known, default=0):
        raise SchemaMismatch(
            f"The database is at schema {newest}, newer than this version of smartmoney knows "
            f"({max(known, default=0)}); update smartmoney."
        )
    edited = [number for number, digest in applied.items() if known[number].digest != digest]
    if edited:
        raise SchemaMismatch(
            f"Migration {edited[0]:04d} differs from the one this database ran; "
            "restore the file, or add a new step."
        )


def require_current(store: Store) -> None:
    """Check that the database is at exactly the schema this code was written for.

    Raises:
        SchemaMismatch: it is older, newer, or empty.
        StoreUnavailable: the database does not answer.
    """
    with store.session() as connection:
        there = connection.execute("select to_regclass('public.migration')").fetchone()
        if there is None or there[0] is None:
            raise SchemaMismatch("The database is empty; run `smartmoney migrate`.")
        applied = dict(connection.execute("select number, digest from migration").fetchall())
    check(applied, migrations())
    behind = [step for step in migrations() if step.number not in applied]
    if behind:
        raise SchemaMismatch(
            f"The database lacks migration {behind[0].number:04d}_{behind[0].name}; run `smartmoney migrate`."
        )


def start_and_migrate(settings: Settings) -> list[str]:
    """Start the embedded server where it is used, make roles and databases, and migrate.

    Returns the names of the steps that ran.
    """
    if settings.database_url is None:
        EmbeddedPostgres(settings.smartmoney_home).start()
    try:
        prepare(settings)
    except psycopg.errors.InsufficientPrivilege as error:
        raise StoreUnavailable(
            "The user of DATABASE_URL may not make the roles sm_ingest and sm_read; let an "
            "administrator make them and grant them to it."
        ) from error
    store = Store(database_url(settings, "sm_owner"), "sm_owner", 1)
    try:
        return migrate(store)
    finally:
        store.dispose()
