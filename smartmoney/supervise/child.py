"""Becomes one supervised program: `python -m smartmoney.supervise.child [options] module NAME ... | exec PATH ...`.

It ends with its supervisor, whatever ended that; a module runs in this very process, so no second interpreter starts.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import runpy
import signal
import sys
from pathlib import Path

from smartmoney.supervise import process_lifetime


def main(arguments: list[str] | None = None) -> None:
    """Step down to the user asked for, tie this process to its parent, and become the program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--environment", type=Path, help="JSON file of the whole environment")
    parser.add_argument("--user")
    parser.add_argument("--signal", default="TERM", help="what ends the program")
    parser.add_argument("kind", choices=("module", "exec"))
    parser.add_argument("name")
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    parent = os.getppid()
    if options.environment:
        os.environ.clear()
        os.environ.update(json.loads(options.environment.read_text()))
    if options.user:
        _become(options.user)
    process_lifetime.with_parent(signal.Signals[f"SIG{options.signal}"], parent)
    if options.kind == "exec":
        os.execv(options.name, [options.name, *options.rest])
    sys.argv = [options.name, *options.rest]
    runpy.run_module(options.name, run_name="__main__", alter_sys=True)


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.chdir("/")


if __name__ == "__main__":
    main()
