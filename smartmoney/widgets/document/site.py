"""The pages as files: a static site for any web server, and a page as one file that loads nothing."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from smartmoney import formats, layout
from smartmoney.errors import ParameterError
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.reads import (
    MarketFilter,
    Row,
    TraderFilter,
    export,
    jobs,
    markets,
    stamp,
    traders,
)
from smartmoney.widgets.document import pages
from smartmoney.widgets.document.parts import Renderer

SHEET = Path("dashboards/share/voila/templates/smartmoney/static/smartmoney.css")
SCRIPT = Path(__file__).parents[1] / "static" / "site.js"
MANIFEST = "site.json"
LISTS = ("traders", "markets", "smart_markets")
FIRST = "index.html"
SINGLE = {"overview": FIRST, "validation": "validation.html", "health": "health.html"}
MENU = (
    ("overview", "Overview"),
    ("traders", "Traders"),
    ("markets", "Markets"),
    ("smart_markets", "Smart markets"),
    ("validation", "Validation"),
    ("health", "Health"),
)
ROWS = 100
PAGE = re.compile(r"(trader/|market/)?\w[\w-]*\.html")
"""A file of the site that may be removed, whatever a manifest says."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Published:
    """What a run of `publish` did.

    Attributes:
        pages: files of pages there are now.
        written: those that were drawn and written.
        removed: those of subjects that are gone.
        seconds: how long it took.
    """

    pages: int
    written: int
    removed: int
    seconds: float


@dataclass(frozen=True)
class Sheet:
    """A page to be: its file, which page, its query string, what its content depends on, and its neighbours."""

    path: str
    name: str
    query: str
    depends: str
    title: str = ""
    turns: tuple[tuple[str, str], ...] = ()


class Site:
    """Draws the pages of an installation into a folder.

    Args:
        store: the installation's store, as pages see it.
        settings: of the installation.
        folder: where the site is; made where it is not.
        most: so many traders and markets have a page, the best first; None for all.
    """

    def __init__(
        self, store: Store, settings: Settings, folder: Path, most: int | None = None
    ) -> None:
        self.store, self.settings, self.folder, self.most = store, settings, folder, most
        self._known: set[str] = set()
        self.css = (layout.root() / SHEET).read_text(encoding="utf-8")
        self._code = digest(version("smartmoney"), self.css, _sources())
        self._above = ""
        self._renderer = Renderer(self._locate, lambda _: "", static=True)

    def publish(self, say: Say = lambda _: None) -> Published:
        """Write what is new and what changed, and remove what is gone.

        Raises:
            ParameterError: the folder holds something else.
        """
        began = datetime.now(UTC)
        before = self._manifest()
        self.folder.mkdir(parents=True, exist_ok=True)
        now: dict[str, str] = {}
        written = 0
        names: list[list[str]] = []
        sheets = list(self._sheets())
        self._known = {sheet.path for sheet in sheets}
        for sheet in sheets:
            now[sheet.path] = sheet.depends
            if sheet.title:
                names.append([sheet.title, sheet.path])
            if before.get(sheet.path) == sheet.depends and (self.folder / sheet.path).is_file():
                continue
            self._write(sheet.path, self._whole(sheet))
            written += 1
            if written % 500 == 0:
                say(f"{written:,} pages written")
        gone = [path for path in before if path not in now]
        for path in gone:
            (self.folder / path).unlink(missing_ok=True)
        self._write("style.css", self.css)
        self._write("site.js", SCRIPT.read_text(encoding="utf-8"))
        self._write("names.js", f"window.smNames = {_script_safe(names)};\n")
        self._write(MANIFEST, json.dumps({"code": self._code, "pages": now}))
        seconds = (datetime.now(UTC) - began).total_seconds()
        return Published(len(now), written, len(gone), seconds)

    def _manifest(self) -> dict[str, str]:
        path = self.folder / MANIFEST
        if not path.is_file():
            if self.folder.is_dir() and any(self.folder.iterdir()):
                raise ParameterError(f"{self.folder} holds something else; choose an empty folder.")
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            code, then = (
                str(found["code"]),
                {str(key): str(on) for key, on in found["pages"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ParameterError(
                f"{path} is damaged; remove the folder, and the whole site is written anew."
            ) from None
        ours = {page: on for page, on in then.items() if PAGE.fullmatch(page)}
        return ours if code == self._code else dict.fromkeys(ours, "")

    def _sheets(self) -> Iterator[Sheet]:
        made = digest(stamp(self.store))
        ran = jobs(self.store, self.settings.schedules(), datetime.now(UTC))
        for name, path in SINGLE.items():
            yield Sheet(path, name, "", digest(made, *ran))
        for name in LISTS:
            yield from self._list(name, made)
        for row in export(self.store, traders, TraderFilter())[: self.most]:
            title = row["name"] or formats.short_address(row["address"])
            path = f"trader/{row['address']}.html"
            yield Sheet(path, "trader", f"address={row['address']}", digest(row), title)
        for row in export(self.store, markets, MarketFilter())[: self.most]:
            path = f"market/{row['id']}.html"
            yield Sheet(
                path,
                "market",
                f"id={row['id']}&tab=whole",
                digest(row),
                row["question"] or "untitled",
            )

    def _list(self, name: str, made: str) -> Iterator[Sheet]:
        queries = [f"limit={ROWS}"]
        while True:
            with pages.opened(name, "", self._model(name, queries[-1])) as view:
                following = view.model.addresses().get("next")
            if not following:
                break
            queries.append(following)
        paths = [f"{name}{f'-{at}' if at > 1 else ''}.html" for at in range(1, len(queries) + 1)]
        for at, query in enumerate(queries):
            turns = [("‹", paths[at - 1])] if at else []
            turns += [("›", paths[at + 1])] if at + 1 < len(paths) else []
            yield Sheet(paths[at], name, query, digest(made, str(turns)), turns=tuple(turns))

    def _model(self, name: str, query: str) -> Any:
        return pages.view_of(name).model_class(query, store=self.store, settings=self.settings)

    def _locate(self, address: str) -> str:
        path = located(address)
        return self._above + path if path in self._known else ""

    def _whole(self, sheet: Sheet) -> str:
        self._above = "../" * sheet.path.count("/")
        drawn = pages.draw(
            sheet.name, sheet.query, self._renderer, self._model(sheet.name, sheet.query)
        )
        page = self._renderer.template("site.html.j2")
        return str(
            page.render(
                title=drawn.title,
                body=drawn.body,
                as_of=drawn.as_of[:16].replace("T", " "),
                source=self.settings.smartmoney_source,
                above=self._above,
                menu=[(name, label, SINGLE.get(name, f"{name}.html")) for name, label in MENU],
                here={"trader": "traders", "market": "markets"}.get(sheet.name, sheet.name),
                turns=sheet.turns,
                css="",
            )
        )

    def _write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_file() and target.read_text(encoding="utf-8") == text:
            return
        made = target.with_name(f".{target.name}.new")
        made.write_text(text, encoding="utf-8")
        made.replace(target)


def located(address: str) -> str:
    """The file of one of our pages, from the folder of the site; "" where the site has none."""
    parts = urlsplit(address)
    name = parts.path.removesuffix(".ipynb")
    given = {key: values[0] for key, values in parse_qs(parts.query).items()}
    if name == "trader" and "address" in given:
        return f"trader/{given['address']}.html"
    if name == "market" and "id" in given:
        return f"market/{given['id']}.html"
    return SINGLE.get(name, f"{name}.html" if name in LISTS else "")


def shared(store: Store, settings: Settings, name: str, query: str) -> str:
    """A page as one HTML file that loads nothing.

    Args:
        store: as pages see it.
        settings: of the installation.
        name: of the page.
        query: its query string.

    Raises:
        ParameterError: there is no such page, or nothing of what it shows is known.
    """
    drawn_by = Renderer(lambda _: "", lambda _: "", static=True)
    model = pages.view_of(name).model_class(query, store=store, settings=settings)
    drawn = pages.draw(name, query, drawn_by, model)
    if drawn.state in ("empty", "error", "away"):
        raise ParameterError(model.sentence)
    return str(
        drawn_by.template("site.html.j2").render(
            title=drawn.title,
            body=drawn.body,
            as_of=drawn.as_of[:16].replace("T", " "),
            source=settings.smartmoney_source,
            above="",
            menu=[],
            here="",
            turns=[],
            css=(layout.root() / SHEET).read_text(encoding="utf-8"),
        )
    )


def digest(*parts: Row | str) -> str:
    """A short name of what some content depends on."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _sources() -> str:
    """What turns data into pages."""
    files = sorted(Path(__file__).parents[1].rglob("*.py")) + sorted(
        Path(__file__).parent.rglob("*.j2")
    )
    return digest(*(path.read_text(encoding="utf-8") for path in files))


def _script_safe(names: Sequence[Sequence[str]]) -> str:
    return json.dumps(names, ensure_ascii=True).replace("<", "\\u003c")
