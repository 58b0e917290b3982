"""Commands about the chain as a second source."""

from __future__ import annotations

from pathlib import Path

import click

from smartmoney.cli.which import home, which
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


COMMANDS = (chain,)
