"""Real recordings as worlds, so that the simulator serves them and the client reads them like live data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from polymarket_sim.recorded import midterms, wallet_activity, wallet_trades
from polymarket_sim.recorded.recording import Recording, world_of
from polymarket_sim.world import World
from smartmoney.errors import RecordingError

Loader = Callable[[Path], Recording]
SETS: Mapping[str, Loader] = {
    "midterms2022": midterms.load,
    "wallet_0xee50": wallet_trades.load,
    "wallet_0x4f34": wallet_activity.load,
}
MARKS: Mapping[str, Loader] = {
    midterms.MARKETS: midterms.load,
    wallet_trades.MARKETS: wallet_trades.load,
    wallet_activity.ACTIVITY: wallet_activity.load,
}
"""A set is known by the name of its folder, or else by the first of these files in it."""
WHOLE = (
    (midterms.TRADES, midterms.MARKETS),
    (
        wallet_trades.TRADES,
        wallet_trades.MARKETS,
        wallet_trades.RESOLUTION,
        wallet_trades.POSITIONS,
    ),
)
"""Files that together are a known set under whatever name; anything else is a dump of somebody's."""


def load_recording(path: Path) -> World:
    """The world of one recorded set, or of all known sets in a folder.

    `path` is the folder of a set (midterms2022, wallet_0xee50, wallet_0x4f34, or one with their files), or
    a folder of such folders. The world's clock stands one second after the last recorded moment. Raises
    RecordingError, naming file, row and remedy, when nothing is recognised or any part is missing or
    damaged; then there is no world at all.
    """
    if not path.is_dir():
        raise RecordingError(
            f"{path} is not a folder; name the folder of a recording, or the one that holds several."
        )
    found = (
        [(path, recognise(path))]
        if recognise(path)
        else [(child, recognise(child)) for child in sorted(path.iterdir())]
    )
    recordings = {folder: load(folder) for folder, load in found if load is not None}
    if not recordings:
        raise RecordingError(
            f"{path} holds no recording that is known; known are {', '.join(SETS)}."
        )
    _refuse_twins(recordings)
    return world_of(list(recordings.values()))


def recognise(folder: Path) -> Loader | None:
    """The loader for the set in `folder`, None when it holds none."""
    if not folder.is_dir():
        return None
    marked = (load for name, load in MARKS.items() if (folder / name).is_file())
    return SETS.get(folder.name) or next(marked, None)


def is_known_set(path: Path) -> bool:
    """One of the known sets, by its name or by all of its files, or a folder with one in it."""
    if not path.is_dir():
        return False
    return any(
        folder.name in SETS
        or any(all((folder / name).is_file() for name in each) for each in WHOLE)
        for folder in (path, *sorted(path.iterdir()))
    )


def _refuse_twins(recordings: Mapping[Path, Recording]) -> None:
    """Fills that two folders hold would count twice."""
    holder: dict[tuple[str, str], Path] = {}
    for folder, recording in recordings.items():
        for pair in {(row.wallet, row.condition_id) for row in recording.rows}:
            if holder.setdefault(pair, folder) != folder:
                names = f"{holder[pair].name} and {folder.name}"
                raise RecordingError(
                    f"{names} both record wallet {pair[0]} in the same market; keep one of the folders."
                )


__all__ = ["SETS", "is_known_set", "load_recording", "recognise"]
