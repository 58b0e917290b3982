"""The static site and single files: whole, linked, without a server, and drawn again only where something changed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from smartmoney.errors import ParameterError
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.reads import traders
from smartmoney.widgets.document.site import Site, located, shared
from tests.kit.seed import HOSTILE

MOST = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def site(seen: Store, plain_settings: Settings, folder: Path) -> Site:
    return Site(seen, plain_settings, folder, MOST)


def test_the_site_has_every_page_and_no_link_leads_nowhere(site: Site, folder: Path) -> None:
    done = site.publish()
    files = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    assert done.written == done.pages == len(files) and done.removed == 0
    assert len([name for name in files if name.startswith("trader/")]) == MOST
    assert {"index.html", "traders.html", "traders-2.html", "validation.html"} <= files
    for name in sorted(files):
        text = (folder / name).read_text()
        assert "ipynb" not in text and "<form" not in text, name
        assert 'class="sm-picture"' in text or "sm-table" in text, name
        for link in re.findall(r'href="([^"]+)"', text):
            if not link.startswith("https://"):
                assert urljoin(name, link) in files | {"style.css"}, (name, link)
    assert 'href="traders-2.html" aria-label="next page"' in (folder / "traders.html").read_text()


def test_the_second_time_only_what_changed_is_written(
    site: Site, seen: Store, plain_settings: Settings, folder: Path, monkeypatch: Any
) -> None:
    site.publish()
    stamps = {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")}
    again = Site(seen, plain_settings, folder, MOST).publish()
    assert again.written == 0 and again.removed == 0
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")} == stamps
    gone = next((folder / "trader").iterdir())
    gone.unlink()
    assert Site(seen, plain_settings, folder, MOST).publish().written == 1 and gone.is_file()


def test_a_folder_with_something_else_is_left_alone(site: Site, folder: Path) -> None:
    folder.mkdir()
    (folder / "letters.txt").write_text("x")
    with pytest.raises(ParameterError, match="something else"):
        site.publish()
    assert [path.name for path in folder.iterdir()] == ["letters.txt"]


def test_a_manifest_of_somebody_elses_removes_nothing_outside(site: Site, folder: Path) -> None:
    site.publish()
    outside = folder.parent / "kept.html"
    outside.write_text("mine")
    manifest = json.loads((folder / "site.json").read_text())
    for path in ("../kept.html", str(outside), "trader/../../kept.html"):
        manifest["pages"][path] = ""
    (folder / "site.json").write_text(json.dumps(manifest))
    assert site.publish().removed == 0 and outside.read_text() == "mine"


@pytest.mark.parametrize("text", ["", "[]", '{"pages": {}}', '{"code": 1, "pages": []}'])
def test_a_damaged_manifest_is_a_sentence(site: Site, folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "site.json").write_text(text)
    with pytest.raises(ParameterError, match="is damaged; remove the folder"):
        site.publish()


def test_names_of_strangers_break_neither_search_nor_pages(site: Site, folder: Path) -> None:
    site.publish()
    names = (folder / "names.js").read_text()
    assert "<" not in names and names.startswith("window.smNames = [")
    text = (folder / "traders.html").read_text()
    assert not re.search(r"<(img|script)(?![^>]*site\.js)", text)
    assert any(one[:6] in text for one in HOSTILE) or "&lt;" in text


def test_a_shared_page_is_one_file_that_loads_nothing(
    seen: Store, plain_settings: Settings
) -> None:
    best = traders(seen).rows[0]["address"]
    text = shared(seen, plain_settings, "trader", f"address={best}")
    assert "<style>" in text and "sm-kpi" in text and "<svg" in text
    assert not re.search(r'<script|src=|<link|url\(|@import|href="(?!https://)', text)
    with pytest.raises(ParameterError, match="no market"):
        shared(seen, plain_settings, "market", "id=999999")


@pytest.mark.parametrize(
    "wanted, path",
    [
        ("trader.ipynb?address=0x12", "trader/0x12.html"),
        ("market.ipynb?id=7", "market/7.html"),
        ("traders.ipynb?tiers=S", "traders.html"),
        ("overview.ipynb", "index.html"),
        ("settings.ipynb", ""),
        ("report.ipynb?run=3", ""),
    ],
)
def test_pages_have_their_files(wanted: str, path: str) -> None:
    assert located(wanted) == path
