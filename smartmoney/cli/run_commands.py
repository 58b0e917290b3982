"""Commands that do the work of an installation once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from smartmoney.cli.running import say
from smartmoney.cli.which import settings_of, which
from smartmoney.errors import ParameterError
from smartmoney.supervise.paths import Kind


def pairs_of(texts: Iterable[str]) -> dict[str, str]:
    """Values by name, of what is written NAME=VALUE.

    Raises:
        ParameterError: one is written otherwise.
    """
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise ParameterError(f"Write a parameter as NAME=VALUE, not {text!r}.")
        found[name] = value
    return found


@click.command()
@which
@click.argument("job")
@click.option(
    "-p", "pairs", multiple=True, metavar="NAME=VALUE", help="A parameter; JSON, or plain text."
)
def run(kind: Kind | None, job: str, pairs: tuple[str, ...]) -> None:
    """Run one job's notebook now, without Prefect; its report is kept like any other."""
    from smartmoney.supervise.joining import run_job

    pairs_of(pairs)
    raise SystemExit(run_job(settings_of(kind), job, list(pairs)))


@click.command()
@which
@click.option("--table", is_flag=True, help="As the table of docs/operations.md.")
def jobs(kind: Kind | None, table: bool) -> None:
    """Every job: how often it runs, and what it does."""
    from smartmoney.registry import declared
    from smartmoney.supervise.example import jobs_table, span

    if table:
        click.echo(jobs_table(), nl=False)
        return
    every = settings_of(kind).schedules()
    for job in declared().values():
        runs = f"every {span(every[job.name])}" if every.get(job.name) else "on demand"
        click.echo(f"{job.name:<24} {runs:<14} {job.does}")


@click.command()
@which
def migrate(kind: Kind | None) -> None:
    """Bring the database to the schema of this version."""
    from smartmoney.supervise.joining import migrated

    steps = migrated(settings_of(kind))
    click.echo(f"Applied: {', '.join(steps)}." if steps else "The database is up to date.")


@click.command("import-recorded")
@click.argument("path", type=click.Path(path_type=Path))
def import_recorded(path: Path) -> None:
    """Take a recording of real data through client, ingestion, ledger and scoring, as if it were live.

    PATH is a file or a folder: rows of /activity, /trades or /positions, or a table of fills, as JSON, JSON lines, CSV or
    Parquet. What was skipped is named. It goes into an installation of its own: look at it with `smartmoney up --recorded`.
    """
    from smartmoney.supervise.recorded import import_recording

    import_recording(settings_of("recorded"), path, say)


@click.command("diff")
@click.argument("revision")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), envvar="REALDATA")
@click.option("--whole", is_flag=True, help="Cut no list, and write addresses out.")
def data_diff(revision: str, paths: tuple[Path, ...], whole: bool) -> None:
    """Score recordings with the code of REVISION and with the working tree, and say what moved.

    PATHS are files or folders as `import-recorded` takes them, by default those of REALDATA. Wallets that change tier or flag
    and PnL that moved are named, with the first stage that differs: rows stored, markets, ledger, measures, score. Nothing of
    an installation is touched. The sentences belong into the message of a commit that changes a number.
    """
    from smartmoney.supervise.data_diff import data_diff as compared

    for line in compared(revision, paths, lambda text: click.echo(text, err=True), whole):
        click.echo(line)


@click.command()
@click.argument("tables", nargs=-1)
def columns(tables: tuple[str, ...]) -> None:
    """The column dictionary of the frames analysts read, as Markdown; TABLES picks some of them."""
    from smartmoney.store.frame_tables import TABLES, dictionary

    unknown = [name for name in tables if name not in TABLES]
    if unknown:
        raise ParameterError(f"There is no frame {unknown[0]!r}; there are {', '.join(TABLES)}.")
    click.echo(dictionary(tables or tuple(TABLES)), nl=False)


COMMANDS: tuple[Any, ...] = (run, jobs, migrate, import_recorded, data_diff, columns)
