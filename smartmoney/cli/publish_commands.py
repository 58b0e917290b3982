"""Commands that write pages as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from smartmoney.cli.which import settings_of, which
from smartmoney.errors import ParameterError
from smartmoney.supervise.paths import Kind


@click.command()
@which
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--most", type=click.IntRange(min=1), help="Pages for so many traders and markets.")
def publish(kind: Kind | None, folder: Path, most: int | None) -> None:
    """Write the pages into FOLDER as a static site for any web server; the next time, only what changed."""
    from smartmoney.store.db import read_store
    from smartmoney.supervise.joining import database
    from smartmoney.widgets.document.site import Site

    found = settings_of(kind)
    with database(found):
        done = Site(read_store(), found, folder, most).publish(
            lambda words: click.echo(words, err=True)
        )
    click.echo(
        f"{done.pages:,} pages in {folder}: {done.written:,} written, {done.removed:,} removed, "
        f"in {done.seconds:.1f} s."
    )


@click.command()
@which
@click.argument("what", type=click.Choice(["trader", "market"]))
@click.argument("which_one")
@click.option("--to", "target", type=click.Path(path_type=Path), help="The file to write.")
def share(kind: Kind | None, what: str, which_one: str, target: Path | None) -> None:
    """Write a trader (by address) or a market (by number or condition id) as one HTML file that loads nothing."""
    from urllib.parse import urlencode

    from smartmoney.store.db import read_store
    from smartmoney.supervise.joining import database
    from smartmoney.widgets.document.site import shared

    found = settings_of(kind)
    asked = {"address": which_one} if what == "trader" else {"id": which_one, "tab": "whole"}
    query = urlencode(asked)
    with database(found):
        page = shared(read_store(), found, what, query)
    target = target or Path(f"{what}-{which_one[:20]}.html")
    if target.is_dir():
        raise ParameterError(f"{target} is a folder; name a file.")
    target.write_text(page, encoding="utf-8")
    click.echo(f"Written: {target}")


COMMANDS: tuple[Any, ...] = (publish, share)
