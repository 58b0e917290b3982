"""The proof from the folder of real sets to its verdict: through import, ledger and score, every run kept."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from smartmoney.errors import SmartmoneyError
from smartmoney.layout import CODE, IN_CHECKOUT
from smartmoney.proof import figures
from smartmoney.proof.comparing import RankComparison, compare, forward, halves, usable_events
from smartmoney.proof.sets import RealSet, digest_of, sets_of, stage
from smartmoney.proof.stored import Stored, read
from smartmoney.proof.thresholds import THRESHOLDS, THRESHOLDS_VERSION, Thresholds
from smartmoney.proof.verdict import ProofVerdict, verdict
from smartmoney.scoring.constants import SCORE_VERSION
from smartmoney.scoring.score import score_traders
from smartmoney.settings import Settings, load
from smartmoney.store.db import open_store
from smartmoney.supervise.joining import database
from smartmoney.supervise.recorded import import_recording

Say = Callable[[str], None]
SELECTED = "Its wallets were picked for having won, so it says nothing about wallets at large."


def prove(folder: Path, records: Path, say: Say, limits: Thresholds = THRESHOLDS) -> dict[str, Any]:
    """Run every set of the folder through the product, keep the record, and return it.

    Args:
        folder: the real sets.
        records: where records are kept; nothing there is ever overwritten.
        say: takes lines of progress.
        limits: the thresholds; others than the fixed ones are for tests.

    Raises:
        RecordingError: there is no such folder.
    """
    began = datetime.now(UTC)
    known, silent = sets_of(folder)
    found: dict[str, Any] = {}
    for real in known:
        say(f"{real.name}: import, ledger and score")
        try:
            found[real.name] = answer(real, folder, say, limits)
        except SmartmoneyError as error:
            found[real.name] = {"answer": "no answer", "sentence": f"Cannot answer: {error}"}
        say(f"{real.name}: {found[real.name]['sentence']}")
    record = {
        "began": began.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - began).total_seconds()),
        "revision": revision(),
        "score_version": SCORE_VERSION,
        "thresholds_version": THRESHOLDS_VERSION,
        "thresholds": asdict(limits),
        "files": {real.name: digest_of(real.file) for real in known},
        "sets": found,
        "silent": silent,
        "verdict": _whole(known, found),
    }
    keep(record, records, began)
    return record


def answer(
    real: RealSet, folder: Path, say: Say, limits: Thresholds = THRESHOLDS
) -> dict[str, Any]:
    """All figures of one set, and what they add up to.

    Raises:
        RecordingError: its rows cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="smartmoney-proof-") as work:
        rows = Path(work) / real.name.replace("/", "_")
        size = stage(real, folder, rows)
        say(", ".join(f"{count:,} {what}" for what, count in size.items()))
        stored = through_the_product(rows, Path(work) / "home", say)
    return {"size": size, **measured(stored, real, limits)}


def through_the_product(rows: Path, home: Path, say: Say) -> Stored:
    """Import rows into an installation of their own, and read back what its ledger and score read."""
    settings: Settings = load(smartmoney_home=home, smartmoney_source="recorded")
    with database(settings):
        import_recording(settings, rows, say)
        store = open_store("sm_owner", settings)
        try:
            return read(store)
        finally:
            store.dispose()


def measured(stored: Stored, real: RealSet, limits: Thresholds = THRESHOLDS) -> dict[str, Any]:
    """The figures of what is stored of one set."""
    activity, markets, wallets = stored.activity, stored.markets, stored.wallets
    usable = usable_events(activity, markets)
    if usable.empty:
        return {
            "answer": "no answer",
            "sentence": "Cannot answer: no bet of it was decided at a known price.",
        }
    primary, middle = halves(activity, markets, wallets, usable, limits.min_events)
    strict, _ = halves(activity, markets, wallets, usable, limits.more_events)
    compared = compare({middle: primary} if len(primary.before) else {}, limits)
    reading = verdict(compared, limits)
    sentence = f"{reading.sentence} {SELECTED}" if real.selected else reading.sentence
    return {
        "answer": reading.answer,
        "sentence": sentence,
        "usable": {
            "bets": len(usable),
            "wallets": int(usable["trader"].nunique()),
            "events": int(usable["event"].nunique()),
        },
        "split half": _plain(compared),
        "split half, stricter": _plain(
            compare({middle: strict} if len(strict.before) else {}, limits)
        ),
        "forward": _plain(
            compare(forward(activity, markets, wallets, limits.min_events, limits), limits)
        ),
        "calibration of prices": figures.price_calibration(usable, limits),
        "calibration of skill_prob": figures.reliability(primary),
        "called good": figures.called_good(score_traders(activity, markets, wallets), limits),
        "good ones later": figures.good_ones_later(primary, limits),
    }


def _plain(comparison: RankComparison) -> dict[str, Any]:
    dates = [datetime.fromtimestamp(at, UTC).date().isoformat() for at in comparison.dates]
    return asdict(comparison) | {"dates": dates}


def _whole(known: list[RealSet], found: dict[str, Any]) -> dict[str, str]:
    """The verdict: that of the first set that is fair and answered."""
    for real in known:
        own = found[real.name]
        if not real.selected and own["answer"] != "no answer":
            return {"set": real.name, "answer": own["answer"], "sentence": own["sentence"]}
    return {
        "set": "",
        **ProofVerdict("no answer", "No set here could answer; each says why.")._asdict(),
    }


def revision() -> str:
    """The commit of the checkout, with a plus where files differ from it; the version where there is none."""
    if not IN_CHECKOUT:
        return version("smartmoney")
    asked = ["git", "-C", str(CODE), "describe", "--always", "--abbrev=12", "--dirty=+"]
    answered = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answered.stdout.strip() or version("smartmoney")


def keep(record: dict[str, Any], records: Path, began: datetime) -> Path:
    """Write the record beside those before; returns where."""
    records.mkdir(parents=True, exist_ok=True)
    name = f"{began:%Y-%m-%dT%H%M%SZ}-{record['revision']}"
    text = json.dumps(record, indent=1, allow_nan=False)
    for number in range(1_000):
        file = records / f"{name}{f'-{number}' if number else ''}.json"
        try:
            with file.open("x") as opened:
                opened.write(text + "\n")
            return file
        except FileExistsError:
            continue
    raise FileExistsError(name)
