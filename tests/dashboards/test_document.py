"""A page as a document: everything it shows is there without a script, and what strangers wrote stays text."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from ipywidgets.widgets.widget import _instances

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store
from smartmoney.widgets.components import FilterBar, InputForm, SandboxedPage, TextBlock
from smartmoney.widgets.document import pages
from smartmoney.widgets.document.parts import Renderer, renderer, safe_link
from tests.kit.page_views import Make, each, page, parts
from tests.kit.seed import HOSTILE, address

UNNAMED = (TextBlock, FilterBar, SandboxedPage)
"""Parts whose name is not shown, or only where they hold something."""


class Read(HTMLParser):
    """Tags with their attributes, and the text, of a document."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.tags if name == tag]


def document(view: Any) -> Read:
    return Read(str(view.document()))


def links_of(view: Any) -> dict[str, str | None]:
    """Addresses of what is pressed, by what it says or does."""
    return {
        one.get("data-key") or one.get("data-value") or one.get("data-do") or "": one["href"]
        for one in document(view).all("a")
        if one.get("role") == "button"
    }


@each
def test_every_part_of_every_page_stands_in_the_document(
    made: Make, seen: Store, name: str
) -> None:
    view = page(made, seen, name)
    text = str(view.document())
    read = Read(text)
    assert text.count('<div class="sm-part">') == len(parts(view.root)) > 2
    for part in parts(view.root):
        for heading in (getattr(part, "title", ""), getattr(part, "label", "")):
            if heading and part is not view.status and not isinstance(part, UNNAMED):
                assert heading in html.unescape(text)
        for row in getattr(part, "table", {}).get("rows", []):
            words = [cell["t"] for cell in row if cell.get("t")]
            assert all(word in html.unescape(text) for word in words)
    assert not read.all("script") and not any(
        name.startswith("on") for _, found in read.tags for name in found
    )


@each
def test_an_empty_store_and_none_make_documents(
    made: Make, reader: Store, away: Store, name: str
) -> None:
    assert "sm-part" in str(page(made, reader, name).document())
    assert "unavailable" in str(page(made, away, name).document())


def test_the_notebook_shows_document_and_widgets(made: Make, seen: Store) -> None:
    data, metadata = page(made, seen, "overview")._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert "Top smart markets" in data["text/html"]
    assert metadata == {"text/html": {"smartmoney": "document"}}


def test_a_document_that_fails_leaves_the_widgets(
    made: Make, seen: Store, monkeypatch: Any
) -> None:
    view = page(made, seen, "overview")
    monkeypatch.setattr(view, "document", lambda: 1 / 0)
    data, _ = view._repr_mimebundle_()
    assert "text/html" not in data and data["application/vnd.jupyter.widget-view+json"]


@pytest.mark.parametrize(
    "name, query",
    [("traders", "limit=500"), ("markets", "limit=500"), ("alerts", "limit=100")]
    + [("trader", f"address={address(at)}") for at in (0, 11)],
)
def test_what_strangers_wrote_makes_no_tag(made: Make, seen: Store, name: str, query: str) -> None:
    read = document(page(made, seen, name, query))
    assert not {"img", "script", "iframe", "object"} & {tag for tag, _ in read.tags}
    assert any(text[:15] in "".join(read.words) for text in HOSTILE[:2])


@pytest.mark.parametrize(
    "wanted, link",
    [
        ("trader.ipynb?address=0x12", "trader.ipynb?address=0x12"),
        ("https://polymarket.com/event/x", "https://polymarket.com/event/x"),
        ("http://127.0.0.1:4200/runs", "http://127.0.0.1:4200/runs"),
        ("http://evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("//evil.example/x.ipynb", ""),
        ("../config/voila.py", ""),
        ("data:text/html,x", ""),
        ("", ""),
    ],
)
def test_only_safe_addresses_become_links(wanted: str, link: str) -> None:
    assert safe_link(wanted) == link


def test_filters_sorting_and_pages_are_links(made: Make, seen: Store) -> None:
    links = links_of(page(made, seen, "traders", "tiers=S,A&limit=5"))
    assert links["S"] == "?limit=5&tiers=A" and links["B"] == "?limit=5&tiers=S%2CA%2CB"
    assert links["total_pnl"] == "?limit=5&sort=total_pnl&tiers=S%2CA"
    found = links_of(page(made, seen, "traders", "tiers=S,A&limit=500"))
    assert "turn" not in found


def test_pages_turn_by_links(made: Make, seen: Store) -> None:
    first = page(made, seen, "traders", "limit=5")
    turned = str(links_of(first)["turn"]).lstrip("?")
    second = page(made, seen, "traders", turned)
    rows = [[row["address"] for row in view.model.data.page.rows] for view in (first, second)]
    assert len(rows[1]) == 5 and not set(rows[0]) & set(rows[1])
    assert second.model.first_row == 6 and "6–10 of" in str(second.document())
    back = next(
        one for one in document(second).all("a") if one.get("aria-label") == "previous page"
    )
    assert back["href"] == "?limit=5"


def test_a_form_sends_what_the_switches_say_too(made: Make, seen: Store) -> None:
    read = document(page(made, seen, "traders", "tiers=S&sort=win_rate&text=trader"))
    form = next(found for found in read.all("form") if found.get("role") == "search")
    assert form["method"] == "get"
    hidden = {
        found["name"]: found["value"]
        for found in read.all("input")
        if found.get("type") == "hidden"
    }
    assert hidden == {"tiers": "S", "sort": "win_rate"}
    assert next(one for one in read.all("input") if one["name"] == "text")["value"] == "trader"


def test_lists_inside_a_page_have_no_address(made: Make, seen: Store) -> None:
    view = page(made, seen, "market")
    view.model.choose("holders")
    read = document(view)
    assert not [one for one in read.all("a") if one.get("data-do") in ("sort", "turn")]
    assert [one for one in read.all("button") if one.get("data-do") == "sort"]


def test_tabs_are_links(made: Make, seen: Store) -> None:
    tabs = [
        one for one in document(page(made, seen, "trader")).all("a") if one.get("role") == "tab"
    ]
    assert {one["data-key"]: one["href"] for one in tabs}[
        "trades"
    ] == f"?address={address(3)}&tab=trades"


def test_pages_can_lie_elsewhere(made: Make, seen: Store) -> None:
    view = page(made, seen, "traders")
    moved = Renderer(locate=lambda to: "t/" + re.sub(r"\W", "-", to))
    text = str(view.document(moved))
    assert 'href="t/trader-ipynb-address-0x' in text and "trader.ipynb" not in text
    assert renderer() is renderer()


def test_a_document_is_drawn_by_name_and_its_widgets_are_forgotten(made: Make, seen: Store) -> None:
    before = len(_instances)
    model = page(made, seen, "traders").model
    between = len(_instances)
    drawn = pages.draw("traders", model=model)
    assert drawn.title == "Traders" and drawn.state == "ready" and "sm-table" in drawn.body
    assert len(_instances) == between > before
    with pytest.raises(ParameterError, match="no page"):
        pages.view_of("../config")


def test_a_button_sends_the_form_only_where_it_says_so(made: Make, seen: Store) -> None:
    sync = next(
        one
        for one in document(page(made, seen, "trader")).all("button")
        if one.get("data-press") == "sync"
    )
    assert "data-whole" not in sync
    form = InputForm(buttons=[{"key": "try", "label": "Try only", "values": True}])
    assert Read(form.html).all("button")[0]["data-whole"] == "1"
