"""Commands that ask the API, and store nothing in the database."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from smartmoney.cli.run_commands import pairs_of
from smartmoney.cli.which import settings_of, which
from smartmoney.supervise.paths import Kind


@click.command("try")
@which
@click.argument("route")
@click.argument("query", nargs=-1, metavar="[NAME=VALUE]...")
@click.option(
    "--rows", type=click.IntRange(0, 1_000), default=3, show_default=True, help="Rows to print."
)
@click.option("--raw", is_flag=True, help="The answer as it came, and nothing else.")
def try_route(kind: Kind | None, route: str, query: tuple[str, ...], rows: int, raw: bool) -> None:
    """Ask one ROUTE once, such as data/v2/activity user=0x… limit=5, and print what it gives."""
    from smartmoney.supervise.first_contact import ask, described

    answer = ask(settings_of(kind), route, pairs_of(query))
    if raw:
        click.echo(answer.body, nl=False)
    else:
        click.echo(described(answer, rows))


@click.command()
@which
@click.argument("address")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    help="A new folder; by default one named after the wallet, here.",
)
def capture(kind: Kind | None, address: str, folder: Path | None) -> None:
    """Record the wallet ADDRESS as the API tells it, for import-recorded and for tests."""
    from smartmoney.supervise.first_contact import record

    kept, where = record(
        settings_of(kind), address, folder, lambda words: click.echo(words, err=True)
    )
    rows = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in kept.items())
    click.echo(f"Kept in {where}: {rows or 'nothing, the wallet has no rows'}.")
    click.echo(f"Read it with: smartmoney import-recorded {shlex.quote(str(where))}")


COMMANDS: tuple[Any, ...] = (try_route, capture)
