"""Errors for people: one sentence on stderr and an exit status; the traceback goes to a file, under an id."""

from __future__ import annotations

import os
import tempfile
import traceback
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from smartmoney.errors import AlreadyRunning, SmartmoneyError, TemporaryError, UserError
from smartmoney.layout import state_folder

MOST_BYTES = 1 << 20
UNEXPECTED, USAGE, STOPPED, TEMPORARY = 70, 2, 1, 75


def run(command: click.Command, arguments: list[str] | None = None) -> int:
    """Run a command; say what went wrong in a sentence, and return the exit status."""
    try:
        result: Any = command.main(arguments, prog_name="smartmoney", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SmartmoneyError as error:
        click.echo(str(error), err=True)
        return status_of(error)
    except Exception as error:
        click.echo(
            f"Something unexpected happened ({type(error).__name__}, id {_keep(error)}).", err=True
        )
        return UNEXPECTED


def status_of(error: SmartmoneyError) -> int:
    """Exit status: 2 correct the input, 75 try again later, 0 somebody else does it, 1 anything else."""
    if isinstance(error, AlreadyRunning):
        return 0
    return (
        USAGE
        if isinstance(error, UserError)
        else TEMPORARY
        if isinstance(error, TemporaryError)
        else STOPPED
    )


def _keep(error: Exception) -> str:
    """Append the traceback to the log of the command line; returns its id and where it is."""
    number = uuid.uuid4().hex[:8]
    entry = f"--- {number} {datetime.now(UTC).isoformat()}\n{''.join(traceback.format_exception(error))}"
    for folder in (state_folder(), Path(tempfile.gettempdir())):
        path = folder / "smartmoney-errors.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > MOST_BYTES:
                path.replace(path.with_suffix(".log.1"))
            descriptor = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600
            )
            with os.fdopen(descriptor, "a") as file:
                file.write(entry)
        except OSError:
            continue
        return f"{number}; the details are in {path}"
    return number
