"""How the ledger's loops are compiled, and where the compiled code is kept between processes.

Numba keeps compiled code by the file of each function and does not follow what that function calls. The folder it is kept
in is therefore named by everything that can be compiled into it, so that no change is ever met by code from before.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
PACKAGE = Path(__file__).parents[1]
SOURCES = ("ledger", "metrics")
"""Rooms that hold compiled code."""
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True}


def compiled(function: Function) -> Function:
    """Compile without counting references to arrays, so that nothing can be allocated; other threads run meanwhile."""
    return _njit(function, _nrt=False)


def inlined(function: Function) -> Function:
    """Compile into every caller, for what is called once a row or more: a call would copy the descriptions of all arrays
    of a bundle, a kilobyte and more, and take longer than what it does."""
    return _njit(function, _nrt=False, forceinline=True)


def allocating(function: Function) -> Function:
    """Compile a function that makes arrays of its own."""
    return _njit(function)


def _njit(function: Function, **options: Any) -> Function:
    folder = cache_folder()
    with _kept_in(folder):
        made = numba.njit(cache=folder is not None, **_OPTIONS, **options)(function)
    return cast("Function", made)


@contextmanager
def _kept_in(folder: Path | None) -> Iterator[None]:
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder or "")
    try:
        yield
    finally:
        config.CACHE_DIR = before


@cache
def cache_folder() -> Path | None:
    """Where compiled code is kept; None where nothing can be written, so that every process compiles for itself."""
    return first_usable(_candidates(), f"smartmoney-{source_digest(PACKAGE)}")


def source_digest(package: Path) -> str:
    """Of every file that can be compiled, names included."""
    found = hashlib.blake2b(digest_size=8)
    for room in SOURCES:
        for path in sorted((package / room).glob("*.py")):
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def first_usable(candidates: Iterable[Path], name: str) -> Path | None:
    """The first folder in which one called `name`, ours alone, exists or can be made."""
    for candidate in candidates:
        folder = candidate / name
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # compiled code is loaded as it is, so a folder that somebody else made is not trusted
            if folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK | os.X_OK):
                return folder
        except OSError:
            continue
    return None


def _candidates() -> Iterator[Path]:
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(given)
    yield PACKAGE / "ledger" / "__pycache__"
    if home := os.environ.get("HOME"):
        yield Path(os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache") / "smartmoney"
    with suppress(FileNotFoundError):
        yield Path(tempfile.gettempdir()) / f"smartmoney-{os.geteuid()}"
