"""Commands about the chain as a second source."""

from __future__ import annotations

from pathlib import Path

import click

from smartmoney.cli.running import say
from smartmoney.cli.which import home, settings_of, which
from smartmoney.supervise.paths import Kind


@click.group()
def chain() -> None:
    """Histories from the chain itself, beside the API."""


@chain.command("import")
@which
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    help="A new folder; by default below the installation.",
)
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="JSON: our names of columns to the dump's."
)
def import_(kind: Kind | None, path: Path, folder: Path | None, mapping: Path | None) -> None:
    """Import a dump of logs or fills (Parquet, CSV, JSON) and say what it lacks."""
    from smartmoney.chain.importing import import_dump

    where = folder or home(kind) / "chain" / path.name.split(".")[0]
    for sentence in import_dump(path, where, mapping).sentences():
        click.echo(sentence)
    click.echo(f"Kept in {where}.")


@chain.command()
@which
@click.option(
    "--from",
    "dumps",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Folders that `chain import` wrote; by default all below the installation.",
)
def score(kind: Kind | None, dumps: tuple[Path, ...]) -> None:
    """Measure and score every wallet of the imported dumps, and say what is known of whom."""
    from smartmoney.population.measuring import score_population
    from smartmoney.store.db import open_store
    from smartmoney.supervise.joining import database

    settings = settings_of(kind)
    place = settings.smartmoney_home
    with database(settings):
        store = open_store("sm_read", settings, 1)
        try:
            found = score_population(store, [*dumps] or imported(place), place / "population", say)
        finally:
            store.dispose()
    for sentence in found.sentences():
        click.echo(sentence)
    click.echo('Read it with smartmoney.traders(population="all").')


def imported(place: Path) -> list[Path]:
    """The dumps that were imported into an installation."""
    from smartmoney.chain.importing import STATEMENT

    return sorted(path.parent for path in (place / "chain").glob(f"*/{STATEMENT}"))


COMMANDS = (chain,)
