"""The `smartmoney` command: thin; each command calls one function of the package."""

from __future__ import annotations

import sys

import click

from smartmoney.cli import (
    admin,
    api_commands,
    chain,
    proof,
    publish_commands,
    run_commands,
    running,
)
from smartmoney.cli.errors import run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Find the smart money on Polymarket, and see what it does.

    Settings come from the environment and from .env (see .env.example). Everything an installation stores lies in one
    folder: SMARTMONEY_HOME, or .smartmoney/live, .smartmoney/demo and .smartmoney/recorded in the checkout.
    """


for command in (
    *running.COMMANDS,
    *run_commands.COMMANDS,
    *api_commands.COMMANDS,
    *admin.COMMANDS,
    *publish_commands.COMMANDS,
    *chain.COMMANDS,
    *proof.COMMANDS,
):
    cli.add_command(command)


def main() -> None:
    """Entry point: every error a person can fix is one sentence and an exit status, never a traceback."""
    sys.exit(run(cli))


if __name__ == "__main__":
    main()
