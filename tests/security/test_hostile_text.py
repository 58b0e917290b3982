"""Whatever strangers write comes through ingestion as text, and leaves in reports and files as text."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser

import nbformat
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flows.publish import as_html
from polymarket_sim.texts import HOSTILE
from smartmoney.jobs.report import JobReport
from smartmoney.store.db import Store
from smartmoney.widgets.export import as_csv
from tests.kit.feed import FIRST, Feed, feed
from tests.kit.syncing import sync

NUMBERS = itertools.count(1)
UNSEEN = {"Cc", "Cs"}
TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
EVIL = (
    *HOSTILE,
    "nul \0 in it",
    "half \ud800 a pair",
    "\u202eevil\u202c",
    "=1+1",
    "\t=1+1",
    "+1",
    "-1",
    "@x",
    "''",
    '"',
    "\\",
    "{x}",
    "%s",
    "a\r\nSet-Cookie: x=1",
    "\x1b[31mred",
    "\ufeffmark",
    "e\u0301" * 50,
    "\U0001f4a9" * 300,
)
texts = st.one_of(st.sampled_from(EVIL), st.text(st.characters(), max_size=60))


@pytest.fixture
def served() -> Iterator[Feed]:
    with feed() as found:
        yield found


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=8))
@example(told=[(text, text, text) for text in EVIL])
def test_it_is_stored_as_text_and_nothing_else_happens(
    store: Store, served: Feed, told: list[tuple[str, str, str]]
) -> None:
    wallet = f"0x{next(NUMBERS):040x}"
    served.activity.clear()
    known: dict[str, tuple[str, str, str]] = {}
    for second, (title, outcome, slug) in enumerate(told):
        number = next(NUMBERS)
        condition = f"0x{number:064x}"
        known[condition] = (title, outcome, slug)
        served.fill(
            proxy_wallet=wallet,
            timestamp=FIRST + second,
            condition_id=condition,
            token_id=str(number),
            title=title,
            outcome=outcome,
            slug=slug,
            name=title,
            bio=title,
            icon=title,
        )
    for _ in range(2):
        sync(store, served.url, [wallet], ("trades",))
    with store.raw() as connection:
        found = connection.execute(
            "select condition_id, question, o.name, slug from trade join trader w on w.id = trader_id join market m on "
            "m.id = market_id join outcome o on o.id = outcome_id where address = %s",
            [wallet],
        ).fetchall()
    assert len(found) == len(told), "no row is lost, none doubled, none in quarantine"
    for condition, *stored in found:
        for came, kept in zip(known[condition], stored, strict=True):
            assert not [
                letter
                for letter in kept
                if unicodedata.category(letter) in UNSEEN or letter in TURNING
            ]
            assert len(kept) <= 1_000
            if came.isprintable() and len(came) <= 200 and not set(came) & TURNING:
                assert kept.strip() == came.strip(), "what is harmless stays as it was"


class Tags(HTMLParser):
    """Collects what a browser would take for elements and handlers."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}


PLAIN = Tags(
    JobReport(
        "job", sentences=["x"], tables={"x": pd.DataFrame({"x": ["x"]})}, parameters={"x": 1}
    )._repr_html_()
)


@given(told=texts)
@example(told="".join(EVIL))
def test_a_report_shows_it_as_text(told: str) -> None:
    told = told.encode("utf-8", "replace").decode()  # half characters never get past ingestion
    report = JobReport(
        told,
        sentences=[told],
        tables={told: pd.DataFrame({told: [told]})},
        parameters={told: told},
        read={told: 1},
        status=told,
    )
    shown = Tags(report._repr_html_())
    assert shown.elements <= PLAIN.elements and shown.attributes <= PLAIN.attributes


def test_an_executed_notebook_shows_it_as_text() -> None:
    words = "\n".join(text for text in EVIL if "\ud800" not in text and "\0" not in text)
    cell = nbformat.v4.new_code_cell(
        "report",
        outputs=[
            nbformat.v4.new_output("stream", text=words),
            nbformat.v4.new_output("execute_result", data={"text/plain": words}, execution_count=1),
            nbformat.v4.new_output("error", ename="ValueError", evalue=words, traceback=[words]),
        ],
    )
    page = Tags(as_html(nbformat.v4.new_notebook(cells=[cell]), "job"))
    assert not page.elements & {"script", "img", "iframe", "object", "form", "svg"}
    assert not {name for name in page.attributes if name.startswith("on")}


@given(told=texts)
@example(told="=HYPERLINK(1)")
@example(told="\t=1")
def test_a_spreadsheet_takes_no_cell_for_a_formula(told: str) -> None:
    rows = list(
        csv.reader(
            io.StringIO(
                as_csv([{"name": told.encode("utf-8", "replace").decode()}]).decode(
                    "utf-8", "replace"
                ),
                newline="",
            )
        )
    )
    assert len(rows) <= 2 and not any(
        re.match(r"[=+\-@\t\r]", cell) for row in rows for cell in row
    )


def test_a_list_in_a_cell_is_disarmed_too() -> None:
    [_, [cell]] = csv.reader(io.StringIO(as_csv([{"tags": ["=HYPERLINK(1)", "b"]}]).decode()))
    assert not cell.startswith("=")


def test_raw_text_in_quarantine_is_bytes_nobody_runs(store: Store, served: Feed) -> None:
    wallet = f"0x{next(NUMBERS):040x}"
    served.raw("price", json.dumps(EVIL[0]), proxy_wallet=wallet)
    sync(store, served.url, [wallet], ("trades",))
    with store.raw() as connection:
        reason, raw = connection.execute(
            "select reason, raw from quarantine where key = %s", [wallet]
        ).fetchone()
    assert EVIL[0].encode() in raw and len(reason) <= 500
