"""Views without a browser: they draw every state, refuse odd wishes, and outlive their own errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store
from smartmoney.widgets.model import PageState
from tests.kit.page_views import Make, each, page, parts


def sent(view: Any) -> str:
    return json.dumps(
        [part.get_state() for part in parts(view.root)], default=str, ensure_ascii=False
    )


@each
def test_every_page_draws_the_world(made: Make, seen: Store, name: str) -> None:
    view = page(made, seen, name)
    assert view.status.notices == [] and view.status.state not in ("error", "away", "loading"), (
        view.status.sentence
    )
    assert view.root._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]["model_id"]


@each
def test_every_page_draws_an_empty_store(made: Make, reader: Store, name: str) -> None:
    view = page(made, reader, name)
    assert view.status.notices == []
    assert view.status.state == ("ready" if name == "settings" else "empty")


@each
def test_every_page_draws_without_a_store(made: Make, away: Store, name: str) -> None:
    view = page(made, away, name)
    assert view.status.state == "away" and "unavailable" in view.status.sentence
    assert "s3cret-word" not in sent(view) and "127.0.0.1:9" not in sent(view)


@each
def test_a_failing_part_shows_an_id_and_leaves_the_page_alive(
    made: Make, seen: Store, name: str, monkeypatch: Any
) -> None:
    view = page(made, seen, name)

    def broken() -> None:
        raise RuntimeError("postgresql://u:c4nary@h/db")

    view.draw = broken
    view.model.refresh()
    assert "error" in view.status.notices[0] and "c4nary" not in sent(view)
    del view.draw
    view.model.refresh()
    assert view.status.notices == []


@each
def test_wishes_that_make_no_sense_change_nothing(made: Make, seen: Store, name: str) -> None:
    view = page(made, seen, name)
    before = view.status.state
    for part in parts(view.root):
        for wish in (
            None,
            [],
            "tick",
            {"do": 5},
            {"do": "__init__"},
            {"do": "sort", "key": "x; drop"},
            {"do": "turn", "forward": "a"},
            {"do": "filter", "key": "tiers", "value": {"a": 1}},
            {"do": "filter", "key": "limit", "value": 10**9},
            {"do": "export", "form": "../../x"},
            {"do": "choose", "key": "x"},
            {"do": "submit", "values": 5},
            {"do": "press", "key": []},
            {"do": "act", "key": "delete", "id": "1"},
            {"do": "sort", "key": "name", "x": 1},
        ):
            part._handle_custom_msg(wish, [])
    assert view.status.state in (before, "empty", "ready", "stale", "too little", "partial")
    assert view.model.state is not PageState.ERROR


def test_the_rows_asked_for_are_capped(made: Make, seen: Store) -> None:
    view = page(made, seen, "traders")
    view.list.rows._handle_custom_msg({"do": "sort", "key": "win_rate"}, [])
    view.list.filters._handle_custom_msg({"do": "filter", "key": "limit", "value": "100000"}, [])
    assert view.model.filter.limit == 500 and view.model.filter.sort.name == "win_rate"


def test_a_filter_changes_rows_and_address(made: Make, seen: Store) -> None:
    view = page(made, seen, "traders")
    rows = len(view.list.rows.table["rows"])
    view.list.filters._handle_custom_msg({"do": "filter", "key": "tiers", "value": ["S", "A"]}, [])
    assert 0 < len(view.list.rows.table["rows"]) < rows
    assert view.status.query == "tiers=S%2CA" and view.list.rows.table["clearable"]
    view.list.rows._handle_custom_msg({"do": "reset"}, [])
    assert len(view.list.rows.table["rows"]) == rows and view.status.query == ""


def test_an_export_reaches_the_browser_as_a_file(made: Make, seen: Store, monkeypatch: Any) -> None:
    view = page(made, seen, "traders", "tiers=S,A,B")
    files: list[Any] = []
    monkeypatch.setattr(
        view.list.rows, "send", lambda content, buffers: files.append((content, buffers))
    )
    view.list.rows._handle_custom_msg({"do": "export", "form": "csv"}, [])
    assert files[0][0] == {"file": "traders.csv"}
    assert files[0][1][0].count(b"\r\n") == view.model.data.page.total + 1


def test_a_tick_is_answered(made: Make, seen: Store, monkeypatch: Any) -> None:
    view = page(made, seen, "overview")
    answers: list[Any] = []
    monkeypatch.setattr(view.status, "send", answers.append)
    view.status._handle_custom_msg({"do": "tick"}, [])
    assert answers == [{"tock": True}]


def test_tabs_are_built_when_they_are_chosen(made: Make, seen: Store) -> None:
    view = page(made, seen, "trader")
    assert set(view.built) == {"summary"}
    view.tabs._handle_custom_msg({"do": "choose", "key": "positions"}, [])
    assert set(view.built) == {"summary", "positions"} and view.tabs.chosen == "positions"
    view.tabs._handle_custom_msg({"do": "choose", "key": "trades"}, [])
    assert view.built["trades"].rows.table["rows"] and "tab=trades" in view.status.query


def test_a_market_is_a_story_and_whole_where_it_is_asked_for(made: Make, seen: Store) -> None:
    view = page(made, seen, "market")
    assert set(view.built) == {"story"} and "tab" not in view.status.query
    assert view.model.data.hours == () and view.model.lists["holders"].data.page.rows == []
    whole = str(page(made, seen, "market", "id=68&tab=whole").document())
    for heading in (
        "Price with smart flow",
        "Smart flow per hour, 48 h",
        "Holders by tier and side",
        "Trades of the wallets we follow",
        "Resolution",
    ):
        assert heading in whole
    assert "Smart flow per hour" not in str(view.document())
    with pytest.raises(ParameterError, match="no tab 'nothing'"):
        view.model.choose("nothing")


def test_what_strangers_wrote_is_sent_as_text_only(made: Make, seen: Store) -> None:
    view = page(made, seen, "traders", "text=<script>")
    cells = [cell for row in view.list.rows.table["rows"] for cell in row]
    assert any("<script>" in cell.get("t", "") for cell in cells)
    assert not any("<" in str(cell.get("u", "")) or "<" in str(cell.get("k", "")) for cell in cells)


def test_a_rule_is_added_from_the_page(made: Make, reader: Store) -> None:
    view = page(made, reader, "alerts")
    view.form._handle_custom_msg({"do": "press", "key": "tier_changes"}, [])
    assert {"name", "tiers"} <= {field["key"] for field in view.form.fields}
    view.form._handle_custom_msg({"do": "submit", "values": {"name": "x", "tiers": "Q"}}, [])
    assert view.status.notices and not view.model.data.rules
    view.form._handle_custom_msg({"do": "submit", "values": {"name": "x", "tiers": "S"}}, [])
    assert (
        view.rules.table["rows"] and view.form.fields == [] and "would have fired" in view.form.note
    )


def test_health_folds_all_tables_away(made: Make, seen: Store) -> None:
    shown = str(page(made, seen, "health").document())
    folded = shown.split("<details")
    assert len(folded) == 2, "one table is folded"
    inside = folded[1].split("</details>")[0]
    assert (
        "<h2>Tables</h2>" in inside and "</table>" in inside and " open" not in inside.split(">")[0]
    )
    assert "<h2>Jobs</h2>" not in inside and shown.count("<section") == shown.count("</section>")
