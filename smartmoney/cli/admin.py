"""Commands that look after an installation."""

from __future__ import annotations

from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import click

from smartmoney.cli.which import home, settings_of, which
from smartmoney.settings import Settings, load
from smartmoney.supervise.paths import Kind, Paths


@click.command()
@which
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(kind: Kind | None, yes: bool) -> None:
    """Remove everything an installation stored: database, reports, logs."""
    from smartmoney.supervise.stopping import forget, is_installation, stored

    paths = Paths(home(kind))
    if not paths.home.exists():
        click.echo(f"There is nothing in {paths.home}.")
        return
    if is_installation(paths) and not yes:
        click.confirm(
            f"Remove {paths.home} with its database, run reports and logs ({stored(paths)})?",
            abort=True,
        )
    others = forget(paths)
    kept = f" What is not the installation's stays there: {others[0].name}" if others else ""
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    click.echo(f"Removed {paths.home}.{kept}{more}{'.' if others else ''}")


@click.command()
@which
@click.option(
    "--contact",
    is_flag=True,
    help="Ask every route of the API once too, and report what differs; --live does.",
)
def doctor(kind: Kind | None, contact: bool) -> None:
    """Check this set-up and say what to fix; with --live or --contact also what the API gives."""
    from smartmoney.supervise.doctor import examine

    as_set = load()  # before what the last start resolved: its ports were not asked for
    settings = settings_of(kind)
    findings = examine(settings, as_set)
    for finding in findings:
        click.echo(f"{'ok  ' if finding.good else 'FIX '}  {finding.sentence}")
    good = all(finding.good for finding in findings)
    if contact or kind == "live":
        good = _meets(settings) and good
    raise SystemExit(0 if good else 1)


def _meets(settings: Settings) -> bool:
    """Ask every route once and print what differs; whether nothing does."""
    from smartmoney.supervise.first_contact import first_contact, verdict

    found, path = first_contact(settings, lambda route: click.echo(f"asking {route}", err=True))
    for each in found.differences:
        click.echo(f"DIFF  {each.route}: {each.what}; {each.means}")
    for route, why in found.skipped.items():
        click.echo(f"----  {route} was not asked: {why}")
    for fact in found.facts:
        click.echo(f"      {fact}")
    click.echo(f"{'DIFF' if found.differences else 'ok  '}  {verdict(found)} Report: {path}")
    return not found.differences


@click.command()
@which
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of dumps; by default in the installation.",
)
def backup(kind: Kind | None, folder: Path | None) -> None:
    """Dump the database, and verify the dump by restoring it into a scratch database."""
    from smartmoney.store.server.backup import backup as dump
    from smartmoney.store.server.dump_facts import KEY
    from smartmoney.supervise.joining import database

    found = settings_of(kind)
    with database(found):
        click.echo(f"Kept and verified: {dump(found, folder or found.smartmoney_home / 'backups')}")
    if found.backup_key is None:
        key = found.smartmoney_home / KEY
        click.echo(
            f"Restoring it elsewhere needs the key {key}; keep a copy, but not beside the dumps."
        )


@click.command()
@which
@click.argument("dump", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--trust",
    is_flag=True,
    help="Restore a dump that this installation's key did not seal: all that is in it is believed.",
)
def restore(kind: Kind | None, dump: Path, yes: bool, trust: bool) -> None:
    """Put a dump in place of the database; what was there is kept under another name."""
    from smartmoney.store.server.restoring import restore as put_back
    from smartmoney.supervise.joining import database

    found = settings_of(kind)
    if not yes:
        click.confirm(
            f"Put {dump} in place of the database of {found.smartmoney_home}?", abort=True
        )
    with database(found):
        click.echo(
            f"Restored; the former database is kept as {put_back(found, dump, trust=trust)}."
        )


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
@click.option(
    "--example",
    "form",
    flag_value="example",
    help="As .env.example: every setting, described, at its default.",
)
@click.option(
    "--table", "form", flag_value="table", help="The same as the table of docs/operations.md."
)
def settings(kind: Kind | None, form: str | None) -> None:
    """Every setting with its value; a star marks those that were set, secrets are masked."""
    from smartmoney.supervise.example import env_example, resolved, table

    if form is None:
        click.echo(resolved(settings_of(kind)))
    else:
        click.echo(env_example() if form == "example" else table(), nl=False)


@click.command()
@which
@click.argument("name")
@click.option("--days", type=int, default=30, show_default=True, help="How long it is valid.")
def token(kind: Kind | None, name: str, days: int) -> None:
    """Print a bearer token with which NAME may act through the REST API; API_JWT_SECRET signs it."""
    from smartmoney.api.auth import issue_token

    click.echo(issue_token(settings_of(kind), name, days))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Lay out notebooks and dashboards in FOLDER, to be edited; commands run there use them."""
    from smartmoney.supervise.workspace import lay_out

    lay_out(folder)
    click.echo(f"Notebooks and dashboards are in {folder}; run smartmoney there to use them.")


@click.command()
def version() -> None:
    """This version."""
    click.echo(f"smartmoney {installed('smartmoney')}")


COMMANDS: tuple[Any, ...] = (reset, doctor, backup, restore, psql, settings, token, init, version)
