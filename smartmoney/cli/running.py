"""Commands that start, stop and watch an installation."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from smartmoney.cli.which import home, settings_of, which
from smartmoney.settings import load
from smartmoney.supervise.paths import KINDS, Kind, Paths, home_of

BEGAN = time.monotonic()


def say(sentence: str) -> None:
    """One line of progress, with the seconds since the command began."""
    click.echo(f"{time.monotonic() - BEGAN:6.1f} s  {sentence}")


@click.command()
@click.option(
    "--demo", "kind", flag_value="demo", help="On the simulator in place of the live API."
)
@click.option(
    "--recorded",
    "kind",
    flag_value="recorded",
    help="On what `import-recorded` stored; nothing is fetched.",
)
@click.option("--once", is_flag=True, help="Stop when every job has run once.")
def up(kind: Kind | None, once: bool) -> None:
    """Start everything and stay until Ctrl-C: database, Prefect, worker, dashboards, REST API."""
    from smartmoney.supervise import reach
    from smartmoney.supervise.up import resolve
    from smartmoney.supervise.up import up as start

    kind = kind or "live"
    settings = load()
    if kind == "live":
        reach.require_route(settings)
    settings, chosen = resolve(settings, home_of(kind), KINDS[kind])
    start(settings, chosen, say, once)


@click.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """The same as `up --demo`."""
    context.invoke(up, kind="demo", once=False)


@click.command()
@which
def stop(kind: Kind | None) -> None:
    """Stop what runs, and wait until it has."""
    from smartmoney.supervise.stopping import stop as end

    paths = Paths(home(kind))
    click.echo("Stopped." if end(paths) else f"Nothing runs in {paths.home}.")


@click.command()
@which
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(kind: Kind | None, as_json: bool) -> None:
    """What runs where, since when, and how fresh the data is."""
    from smartmoney.supervise.status import as_text, report

    found = report(settings_of(kind))
    click.echo(json.dumps(found, indent=1, default=str) if as_json else as_text(found))


@click.command()
@which
def worker(kind: Kind | None) -> None:
    """Take a share of the work on this machine: needs PREFECT_API_URL and DATABASE_URL of the installation."""
    from smartmoney.supervise.joining import work

    work(settings_of(kind))


@click.command()
@which
@click.argument(
    "name",
    metavar="prefect|worker|voila|api",
    type=click.Choice(["prefect", "worker", "voila", "api"]),
)
def serve(kind: Kind | None, name: str) -> None:
    """Run one part of an installation in the foreground, for containers and other supervisors; see docs/operations.md."""
    from smartmoney.supervise.joining import serve as run

    run(settings_of(kind), name, say)


@click.command(context_settings={"ignore_unknown_options": True})
@which
@click.argument("more", nargs=-1)
def lab(kind: Kind | None, more: tuple[str, ...]) -> None:
    """JupyterLab on the notebooks, with this installation's data; MORE goes to JupyterLab."""
    from smartmoney.supervise.joining import jupyterlab

    raise SystemExit(jupyterlab(settings_of(kind), list(more), say))


COMMANDS: tuple[Any, ...] = (up, demo, stop, status, worker, serve, lab)
