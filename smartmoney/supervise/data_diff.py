"""Score the same recordings with two versions of the code, each on a database of its own, and read what each made of them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from smartmoney.errors import ParameterError, RecordingError
from smartmoney.layout import state_folder
from smartmoney.settings import PREFIXES, known_names
from smartmoney.store.db import Store
from smartmoney.store.scores.standings import SQL, Standing, standings
from smartmoney.store.server.scratch import scratch_server
from smartmoney.supervise.moved import compare
from smartmoney.supervise.moved_words import sentences
from smartmoney.supervise.recorded import Say
from smartmoney.supervise.revision import Tree, laid_out, working_tree

Standings = dict[str, Standing]


def data_diff(revision: str, paths: Iterable[Path], say: Say, whole: bool = False) -> list[str]:
    """What moved on these recordings from a revision to the working tree, in sentences.

    Args:
        revision: as git names it.
        paths: files or folders that `import-recorded` takes; together they are one recording.
        say: hears how it goes.
        whole: no list is cut, and addresses are written out.

    Raises:
        ParameterError: there is no git, no such revision, or nothing to score.
        RecordingError: one of the versions could not take the recording.
    """
    given = [path.expanduser().resolve() for path in paths]
    if not given:
        raise ParameterError(
            "Name the files or folders of real rows to score, or set REALDATA to them; several stand with a colon between."
        )
    for path in given:
        if not path.exists():
            raise RecordingError(f"There is no recording at {path}.")
    after = working_tree()
    with (
        laid_out(revision) as before,
        tempfile.TemporaryDirectory(prefix="smartmoney-diff-", ignore_cleanup_errors=True) as name,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        recording = _together(given, folder / "recording")
        first, second = both(before, after, recording, folder, say)
        return sentences(compare(first, second), (before.name, after.name), whole)


def both(
    before: Tree, after: Tree, recording: Path, folder: Path, say: Say
) -> tuple[Standings, Standings]:
    """What two versions make of a recording; a commit's is kept for the next time.

    Args:
        before, after: the versions.
        recording: a file or a folder.
        folder: temporary, for databases and installations.
        say: hears how it goes.

    Raises:
        RecordingError: one of the versions could not take the recording.
    """
    kept = state_folder() / "standings" / f"{_digest(recording)}-{before.commit}.json"
    found = _read(kept) if before.commit else None
    with scratch_server(folder / "server") as database, ThreadPoolExecutor(2) as pool:
        jobs = {
            key: pool.submit(_scored, tree, recording, folder / key, database(key), say)
            for key, tree in (("before", before), ("after", after))
            if key == "after" or found is None
        }
        second = jobs["after"].result()
        first = jobs["before"].result() if found is None else found
    if before.commit and found is None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({name: asdict(each) for name, each in first.items()}))
    return first, second


def _read(kept: Path) -> Standings | None:
    try:
        found = json.loads(kept.read_text(encoding="utf-8"))
        return {name: Standing(**each) for name, each in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None  # it is computed again


def _digest(recording: Path) -> str:
    """Of every file of a recording, names included, and of the reader of what was made of it."""
    found = hashlib.blake2b(SQL.path.read_bytes(), digest_size=8)
    files = [recording] if recording.is_file() else sorted(recording.rglob("*"))
    for file in files:
        if file.is_file():
            found.update(str(file.relative_to(recording.parent)).encode() + b"\0")
            with file.open("rb") as opened:
                found.update(hashlib.file_digest(opened, "blake2b").digest())
    return found.hexdigest()


def _together(paths: list[Path], folder: Path) -> Path:
    """One folder with everything in it; a single path stays itself."""
    if len(paths) == 1:
        return paths[0]
    folder.mkdir()
    for number, path in enumerate(paths):
        files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
        for file in files:
            inside = file.relative_to(path.parent)
            target = folder / str(number) / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(file)
    return folder


def _scored(tree: Tree, recording: Path, home: Path, database: str, say: Say) -> Standings:
    """Take the recording through a version's own door, and read what it made of it."""
    home.mkdir()
    command = [sys.executable, "-m", "smartmoney.cli", "import-recorded", str(recording)]
    last = ""
    with subprocess.Popen(
        command,
        cwd=home,  # no .env of anybody's lies here
        env=_environment(tree, home, database),
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                last = line.strip() or last
                if ": done in " in line or " is served at " in line:
                    say(f"{home.name}: {line.split(' s  ', 1)[-1].strip()}")
            failed = process.wait()
        finally:
            process.terminate()
    if failed:
        raise RecordingError(f"The code of {tree.name} did not take the recording: {last}")
    store = Store(database, "sm_owner", 1)
    try:
        return standings(store)
    finally:
        store.dispose()


def _environment(tree: Tree, home: Path, database: str) -> dict[str, str]:
    """Ours without any setting of the user's: both versions score by their defaults."""
    own = {*known_names(), "SMARTMONEY_SETTINGS_FILE"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() not in own and not name.upper().startswith(PREFIXES)
    }
    return kept | {
        "PYTHONPATH": str(tree.folder),
        "SMARTMONEY_HOME": str(home),
        "DATABASE_URL": database,
    }
