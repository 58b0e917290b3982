"""An executed notebook becomes a report: written aside, scrubbed, validated, then renamed into its place, with an HTML twin."""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from smartmoney.settings import Settings
from smartmoney.store.server.secrets import role_passwords
from smartmoney.supervise.paths import ROOT, Paths

log = logging.getLogger(__name__)
SHORTEST_SECRET = 6  # shorter ones would blank out ordinary words


@dataclass(frozen=True)
class Slot:
    """Where the report of one run goes: JOB/YYYY-MM-DD/RUN below the folder (or address) of reports.

    Attributes:
        job: name of the job.
        run: id of the run, unique.
        day: UTC day it started.
    """

    job: str
    run: str
    day: str

    @classmethod
    def now(cls, job: str, run: str) -> Slot:
        """The slot of a run that starts now."""
        return cls(job, run, datetime.now(UTC).strftime("%Y-%m-%d"))

    def path(self, ending: str = "ipynb") -> str:
        """The path below the folder of reports."""
        return f"{self.job}/{self.day}/{self.run}.{ending}"

    def aside(self, settings: Settings) -> Path:
        """Where it is written while the run lasts."""
        folder = Paths(settings.smartmoney_home).run / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.run}.ipynb"


def publish(slot: Slot, settings: Settings) -> str | None:
    """Move the executed notebook from aside into its place and put its HTML twin beside it.

    Returns the path below the folder of reports, or None when no readable notebook was written. An earlier report is
    never touched.
    """
    aside = slot.aside(settings)
    try:
        notebook = nbformat.reads(scrub(aside.read_text(encoding="utf-8"), settings), as_version=4)
        notebook.metadata.get("papermill", {}).update(
            input_path=f"notebooks/{slot.job}.ipynb", output_path=slot.path()
        )
        nbformat.validate(notebook)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        log.error("The executed notebook of %s cannot be kept: %s", slot.job, error)
        return None
    finally:
        aside.unlink(missing_ok=True)
    texts = {"ipynb": nbformat.writes(notebook), "html": as_html(notebook, slot.job)}
    _store(slot, texts, settings)
    return slot.path()


def _store(slot: Slot, texts: dict[str, str], settings: Settings) -> None:
    """Keep the report where REPORTS_URL says; where that fails, in the installation: the work is done, and is not lost."""
    local = str(Paths(settings.smartmoney_home).reports)
    try:
        for ending, text in texts.items():
            _put(settings.reports_url or local, slot.path(ending), text)
    except Exception as error:  # fsspec's file systems raise whatever their libraries raise
        if not settings.reports_url:
            raise
        log.error(
            "The report of %s could not be kept at REPORTS_URL (%s); it is in %s.",
            slot.job,
            str(error) or type(error).__name__,
            local,
        )
        for ending, text in texts.items():
            _put(local, slot.path(ending), text)


def scrub(text: str, settings: Settings) -> str:
    """Replace secrets, and paths of this machine, in the JSON text of a notebook."""
    for found, instead in _unwanted(settings):
        text = text.replace(json.dumps(found)[1:-1], instead)
    return text


def _unwanted(settings: Settings) -> list[tuple[str, str]]:
    values = [
        value.get_secret_value() for _, value in settings if hasattr(value, "get_secret_value")
    ]
    secrets = [*values, *(role_passwords(settings.smartmoney_home).values())]
    paths = {
        str(settings.smartmoney_home): "SMARTMONEY_HOME",
        str(ROOT): ".",
        sys.prefix: "VENV",
        str(Path.home()): "~",
    }
    return [(secret, "[secret]") for secret in secrets if len(secret) >= SHORTEST_SECRET] + [
        (path, name)
        for path, name in sorted(paths.items(), key=lambda pair: -len(pair[0]))
        if path != "/"
    ]


def as_html(notebook: nbformat.NotebookNode, title: str) -> str:
    """The notebook as one page that loads nothing from elsewhere; code folded away, outputs shown."""
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(
        template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True
    )
    body, _ = exporter.from_notebook_node(notebook)
    return PAGE.format(title=title, body=body)


def _put(place: str, path: str, text: str) -> None:
    """Write `text` at `place`/`path`: whole, or not at all."""
    if "://" in place:
        _put_elsewhere(place, path, text)
        return
    target = Path(place) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _put_elsewhere(place: str, path: str, text: str) -> None:
    import fsspec

    files, root = fsspec.core.url_to_fs(place)
    target = f"{root.rstrip('/')}/{path}"
    files.makedirs(target.rpartition("/")[0], exist_ok=True)
    aside: Any = f"{target}.{os.getpid()}"
    files.pipe_file(aside, text.encode())
    files.mv(aside, target)


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<style>
body {{ background: #0f1115; color: #e4e6eb; font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }}
a {{ color: #6cb6ff }} a.anchor-link {{ display: none }}
pre {{ white-space: pre-wrap; font: 13px/1.4 ui-monospace, monospace; margin: .3rem 0 }}
.jp-CodeCell .jp-InputArea, .input_area {{ color: #9aa2af; border-left: 2px solid #2a2f3a; padding-left: .8rem }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums }}
th, td {{ padding: .2rem .8rem; text-align: left; border-bottom: 1px solid #2a2f3a }}
</style></head><body>{body}</body></html>
"""
