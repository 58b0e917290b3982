"""Commands that judge the score: on real wallets, and by taking the future away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from smartmoney.cli.running import say
from smartmoney.cli.which import settings_of, which
from smartmoney.layout import CODE, IN_CHECKOUT, state_folder
from smartmoney.supervise.paths import Kind

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


@click.command()
@which
@click.argument("formula", default="smartmoney.scoring.score:score_traders")
@click.option("--moments", default=4, show_default=True, type=click.IntRange(1, 100))
def lookahead(kind: Kind | None, formula: str, moments: int) -> None:
    """Does a formula look ahead? Ends with status 1 where it does.

    FORMULA is MODULE:FUNCTION; it takes activity, markets, wallets and as_of, and returns one row per wallet. At each moment it is
    computed twice from what is stored: from everything, and with all that came later taken away. Both must be the same.
    """
    from smartmoney.proof.lookahead import check

    found, cutoffs = check(settings_of(kind), formula, moments)
    for leak in found:
        at = datetime.fromtimestamp(leak.as_of, UTC)
        click.echo(
            f"{at:%Y-%m-%d}: {leak.column} differs for {leak.wallets:,} wallets: {leak.example}"
        )
    if found:
        raise click.exceptions.Exit(1)
    click.echo(f"{formula} says the same at {len(cutoffs)} moments with the future and without.")


COMMANDS: tuple[Any, ...] = (proof, lookahead)
