"""Commands that judge the score: on real wallets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from smartmoney.cli.running import say
from smartmoney.layout import CODE, IN_CHECKOUT, state_folder

REAL = "../shared/data/real2026"


def _records() -> Path:
    return CODE / "docs" / "proof" if IN_CHECKOUT else state_folder() / "proof"


@click.command()
@click.argument(
    "folder", envvar="REALDATA", default=REAL, type=click.Path(path_type=Path), metavar="[REALDATA]"
)
@click.option(
    "--records",
    type=click.Path(path_type=Path),
    help="Where the record of the run is kept; by default docs/proof of the checkout.",
)
def proof(folder: Path, records: Path | None) -> None:
    """Does the score rank what comes next on real wallets? Prints the verdict last; see docs/proof.md.

    REALDATA is the folder of real sets. Each goes through import, ledger and score in a database of its own, which is
    removed afterwards.
    """
    from smartmoney.proof.running import prove
    from smartmoney.proof.text import lines

    record = prove(folder.expanduser().resolve(), records or _records(), say)
    for line in lines(record):
        click.echo(line)


COMMANDS: tuple[Any, ...] = (proof,)
