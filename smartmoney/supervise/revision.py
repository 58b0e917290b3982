"""Another revision of the code, laid out beside the working tree for as long as it is needed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from smartmoney.errors import ParameterError
from smartmoney.layout import CODE, IN_CHECKOUT


@dataclass(frozen=True)
class Tree:
    """A folder of code.

    Attributes:
        folder: where it lies.
        name: what people call it.
        commit: all of it is this commit's; "" where that is not sure.
    """

    folder: Path
    name: str
    commit: str = ""


def working_tree(checkout: Path = CODE) -> Tree:
    """The code that runs now; its name says whether all of it is committed.

    Raises:
        ParameterError: there is no git, or this is no checkout.
    """
    _require(checkout)
    short = _git(checkout, "rev-parse", "--short", "HEAD")
    changed = len(_git(checkout, "status", "--porcelain").splitlines())
    files = "1 file" if changed == 1 else f"{changed} files"
    more = f" with {files} that git does not have so" if changed else ""
    return Tree(checkout, f"the working tree ({short}{more})")


@contextmanager
def laid_out(revision: str, checkout: Path = CODE) -> Iterator[Tree]:
    """The code of a revision in a temporary worktree, which is removed at the end.

    Raises:
        ParameterError: there is no git, this is no checkout, or git does not know the revision.
    """
    _require(checkout)
    wanted = f"{revision}^{{commit}}"
    try:
        commit = _git(checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    except ParameterError:
        raise ParameterError(
            f"git knows no revision {revision!r} here; give a commit, a branch or a tag, such as HEAD~1."
        ) from None
    folder = Path(tempfile.mkdtemp(prefix="smartmoney-revision-"))
    try:
        folder.chmod(0o755)
        _git(checkout, "worktree", "add", "--detach", "--force", str(folder / "tree"), commit)
        short = commit[:9]
        name = revision if commit.startswith(revision) else f"{revision} ({short})"
        yield Tree(folder / "tree", name, commit)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(ParameterError):
            _git(checkout, "worktree", "prune")


def _require(checkout: Path) -> None:
    if shutil.which("git") is None:
        raise ParameterError(
            "git is not installed; install it to compare two versions of the code."
        )
    if checkout == CODE and not IN_CHECKOUT:
        raise ParameterError(
            "This is an installed package; two versions of the code are compared in a checkout of the repository."
        )
    _git(checkout, "rev-parse", "--git-dir")


def _git(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(checkout), *arguments],
        text=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise ParameterError(f"git {arguments[0]} failed in {checkout}: {lines[-1]}")
    return done.stdout.strip()
