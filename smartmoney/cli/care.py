"""Commands that look after an installation."""

from __future__ import annotations

from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import click

from smartmoney.cli.which import home, settings_of, which
from smartmoney.settings import load
from smartmoney.supervise.places import Kind, Places


@click.command()
@which
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(kind: Kind | None, yes: bool) -> None:
    """Remove everything an installation stored: database, reports, logs."""
    from smartmoney.supervise.stopping import forget, stored

    places = Places(home(kind))
    if not places.home.exists():
        click.echo(f"There is nothing in {places.home}.")
        return
    if not yes:
        click.confirm(f"Remove {places.home} with its database, run reports and logs ({stored(places)})?", abort=True)
    forget(places)
    click.echo(f"Removed {places.home}.")


@click.command()
@which
def doctor(kind: Kind | None) -> None:
    """Check this set-up and say what to mend."""
    from smartmoney.supervise.doctor import examine

    asked = load()  # before what the last start resolved: its ports were not asked for
    findings = examine(settings_of(kind), asked)
    for finding in findings:
        click.echo(f"{'ok  ' if finding.good else 'MEND'}  {finding.words}")
    raise SystemExit(0 if all(finding.good for finding in findings) else 1)


@click.command()
@which
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder of dumps; by default in the installation.")
def backup(kind: Kind | None, folder: Path | None) -> None:
    """Dump the database, and verify the dump by restoring it into a scratch database."""
    from smartmoney.store.backup import backup as dump
    from smartmoney.supervise.joining import database

    found = settings_of(kind)
    with database(found):
        click.echo(f"Kept and verified: {dump(found, folder or found.smartmoney_home / 'backups')}")


@click.command()
@which
@click.argument("dump", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(kind: Kind | None, dump: Path, yes: bool) -> None:
    """Put a dump in place of the database; what was there is kept under another name."""
    from smartmoney.store.backup import restore as put_back
    from smartmoney.supervise.joining import database

    found = settings_of(kind)
    if not yes:
        click.confirm(f"Put {dump} in place of the database of {found.smartmoney_home}?", abort=True)
    with database(found):
        click.echo(f"Restored; the former database is kept as {put_back(found, dump)}.")


@click.command(context_settings={"ignore_unknown_options": True})
@which
@click.option("--owner", is_flag=True, help="As the owner; by default you may only read.")
@click.argument("more", nargs=-1)
def psql(kind: Kind | None, owner: bool, more: tuple[str, ...]) -> None:
    """A psql session on the database; MORE goes to psql."""
    from smartmoney.supervise.joining import psql as session

    raise SystemExit(session(settings_of(kind), "sm_owner" if owner else "sm_read", list(more)))


@click.command()
@which
@click.option("--example", is_flag=True, help="As .env.example: every setting, described, at its default.")
def settings(kind: Kind | None, example: bool) -> None:
    """Every setting with its value; a star marks those that were set, secrets are masked."""
    from smartmoney.supervise.example import env_example, resolved

    click.echo(env_example() if example else resolved(settings_of(kind)), nl=not example)


@click.command()
def version() -> None:
    """This version."""
    click.echo(f"smartmoney {installed('smartmoney')}")


COMMANDS: tuple[Any, ...] = (reset, doctor, backup, restore, psql, settings, version)
