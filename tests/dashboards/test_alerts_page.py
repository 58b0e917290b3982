"""The Alerts page beside the feed: trying before saving, what came of each rule, targets, the watchlist; and the market's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from smartmoney.errors import ParameterError
from smartmoney.store import alerts as store_alerts
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import Row
from smartmoney.widgets.movers import IN_ONE_MARKET, change
from smartmoney.widgets.screens.alerts.columns import DELIVERIES, RULES, TARGETS, outcome
from smartmoney.widgets.screens.alerts.model import AlertsModel
from smartmoney.widgets.screens.alerts.view import AlertsPage
from smartmoney.widgets.screens.market.charts import flow_by_tier
from smartmoney.widgets.screens.market.model import MarketModel
from smartmoney.widgets.screens.market.view import MarketPage
from smartmoney.widgets.table import TableColumn, drawn
from tests.kit.rows import Rows

Make = Callable[..., Any]
NOW = datetime.now(UTC)
HOSTILE = "<img src=x onerror=alert(1)>‮"


@pytest.fixture
def rows(store: Store) -> Rows:
    return Rows(store)


def shown(columns: Sequence[TableColumn], rows: Sequence[Row]) -> list[dict[str, Any]]:
    keys = [column.key for column in columns]
    return [dict(zip(keys, row, strict=True)) for row in drawn(columns, rows, NOW)]


def loaded(made: Make, kind: Any, store: Store, query: str = "") -> Any:
    model = made(kind, store, query, NOW)
    model.refresh()
    return model


def test_a_rule_is_tried_without_being_saved_and_what_was_typed_stays(
    made: Make, rows: Rows, reader: Store
) -> None:
    ada, (market, yes, _) = rows.trader("ada", "S", NOW - timedelta(days=20)), rows.market("Rain?")
    rows.fill(ada, market, yes, NOW - timedelta(hours=2), 5_000)
    page = made(AlertsPage, reader, "", NOW)
    page.press("trader_moves")
    assert page.form.fields and [button["key"] for button in page.form.buttons] == [
        "submit",
        "try",
        "cancel",
    ]
    typed = {"name": "Big moves", "tiers": "S", "min_usd": "1000", "watched": False}
    page.press("try", typed)
    assert "Not saved yet. In the last 7 days it would have fired 1 times." in page.form.note
    assert "“ada”" in page.form.note and "opened Yes in “Rain?”" in page.form.note
    assert {field["key"]: field["value"] for field in page.form.fields}["min_usd"] == "1000"
    assert reads.alert_rules(reader) == []
    page.model.submit(typed)
    assert page.model.draft == {} and [row["name"] for row in reads.alert_rules(reader)] == [
        "Big moves"
    ]
    with pytest.raises(ParameterError):
        page.model.try_rule({"name": "x", "tiers": "Z"})
    with pytest.raises(ParameterError):
        page.model.try_rule(None)


def test_an_empty_feed_says_whether_there_is_a_rule(made: Make, rows: Rows, reader: Store) -> None:
    rows.rule("trader_moves", tiers=["S"])
    model = loaded(made, AlertsModel, reader)
    assert model.sentence == "No alert yet: no rule has fired."
    rows.run("delete from alert_rule")
    model.refresh()
    assert model.sentence.startswith("No alert yet: there is no rule.")


def test_what_came_of_a_rule_stands_beside_it_with_n(made: Make, rows: Rows, reader: Store) -> None:
    market, yes, _ = rows.market()
    rule = rows.rule("trader_moves", tiers=["S"])
    for number, then in enumerate((0.55, 0.47, None)):
        rows.run(
            "insert into alert (rule_id, dedupe_key, sentence, market_id, outcome_id, direction, price, price_1h) "
            "values (%s, %s, 's', %s, %s, 1, 0.5, %s)",
            rule,
            str(number),
            market,
            yes,
            then,
        )
    model = loaded(made, AlertsModel, reader)
    cell = outcome(model.data.rules[0], "1h")
    assert (cell["t"], cell["n"]) == ("+1.0¢", "50 % of 2")
    assert outcome(model.data.rules[0], "settled")["t"] == "–"
    rows.run("update alert_rule set error = 'it looks at too much'")
    model.refresh()
    [cells] = shown(RULES, model.data.rules)
    assert cells["state"]["t"] == "cannot be evaluated"


class Prefect(BaseHTTPRequestHandler):
    """Answers as Prefect's API does where a deployment is started."""

    asked: list[dict[str, Any]] = []

    def do_GET(self) -> None:
        self._say({"token": "t", "id": "d1"})

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._say({"id": "run-1"})

    def _say(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def prefect_api() -> Iterator[str]:
    Prefect.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Prefect)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api"
    server.shutdown()
    server.server_close()


def test_the_test_button_asks_for_a_run_and_knows_no_address(
    made: Make, store: Store, reader: Store, prefect_api: str
) -> None:
    store_alerts.seen_targets(
        store, [("phone", "Discord", None), ("unusable 1", "", "it leads inside")], NOW
    )
    model = loaded(made, AlertsModel, reader)
    cells = shown(TARGETS, model.data.targets)
    assert [cell["state"]["t"] for cell in cells] == ["usable", "cannot be used"]
    assert cells[0]["do"]["v"] == [["test", "Test"]] and not cells[1]["do"]
    model.test_target("phone")
    assert "by hand" in model.target_result, "nothing is sent where Prefect is not known"
    model.settings = model.settings.model_copy(update={"prefect_api_url": prefect_api})
    model.test_target("phone")
    assert "on its way" in model.target_result
    assert [asked["parameters"] for asked in Prefect.asked] == [{"test_target": "phone"}]
    for wrong in ("unusable 1", "pager", ""):
        with pytest.raises(ParameterError):
            model.test_target(wrong)
    store_alerts.tested_target(store, "phone", NOW, "401 refused")
    model.refresh()
    assert shown(TARGETS, model.data.targets)[0]["tested"]["t"] == "not accepted"


def test_deliveries_and_the_watchlist_are_shown_and_edited(
    made: Make, rows: Rows, reader: Store
) -> None:
    rows.trader(HOSTILE, "S")
    market, yes, _ = rows.market(HOSTILE)
    rule = rows.rule("trader_moves", tiers=["S"])
    alert = rows.run(
        "insert into alert (rule_id, dedupe_key, sentence) values (%s, 'k', 'It happened.') returning id",
        rule,
    )
    rows.run(
        "insert into alert_delivery (alert_id, target, status, attempts, error) values (%s, 'hook', 'failed', 8, 'no')",
        alert,
    )
    page = made(AlertsPage, reader, "", NOW)
    model = page.model
    [delivery] = shown(DELIVERIES, model.data.deliveries)
    assert [delivery[key]["t"] for key in ("target", "status", "attempts")] == [
        "hook",
        "failed",
        "8",
    ]
    model.watch({"what": "0x" + "0" * 39 + "1", "note": HOSTILE})
    model.watch({"what": str(market), "note": "dear"})
    assert len(page.watched.table["rows"]) == 2
    assert "\u202e" not in json.dumps(page.watched.table, ensure_ascii=False), (
        "no text turns the line around"
    )
    for wrong in (
        {"what": "0x" + "f" * 40},
        {"what": "nobody"},
        {"what": str(market), "note": "x" * 2_001},
        None,
    ):
        with pytest.raises(ParameterError):
            model.watch(wrong)
    model.unwatch(model.data.watchlist[0]["id"])
    assert len(model.data.watchlist) == 1


def test_a_market_is_watched_from_its_own_page(made: Make, rows: Rows, reader: Store) -> None:
    market, _, _ = rows.market()
    page = made(MarketPage, reader, f"id={market}", NOW)
    assert [button["key"] for button in page.built["story"].watch.form.buttons] == ["submit"]
    page.built["story"].watch.submit({"note": "dear"})
    assert (
        page.built["story"].watch.form.fields[0]["value"] == "dear"
        and page.built["story"].watch.form.buttons[1]["key"] == "unwatch"
    )
    assert [row["market_id"] for row in reads.watchlist(reader)] == [market]
    page.model.unwatch()
    assert reads.watchlist(reader) == [] and len(page.built["story"].watch.form.buttons) == 1
    nowhere = loaded(made, MarketModel, reader, "id=999")
    with pytest.raises(ParameterError):
        nowhere.watch("x")


@pytest.mark.parametrize(
    "before, after, words",
    [
        (0, -4_470, "bought NO $4.47k"),
        (-100, -300, "bought NO $200"),
        (-300, 0, "sold NO $300"),
        (0, 150, "bought YES $150"),
        (500, 100, "sold YES $400"),
        (-100, 100, "sold NO, bought YES $200"),
    ],
)
def test_a_move_is_told_in_words_and_never_as_a_loss(before: int, after: int, words: str) -> None:
    cell = change({"before_usd": before, "after_usd": after, "change_usd": after - before})
    assert cell["t"] == words and "c" not in cell


def test_movers_and_flow_are_drawn(made: Make, rows: Rows, reader: Store) -> None:
    ada, (market, _, _) = rows.trader("ada"), rows.market("Rain?")
    rows.run(
        "insert into market_smart_mover values (%s, %s, 'flipped', 'S', 200, -300, 520, now(), now())",
        market,
        ada,
    )
    for tier, net in (("S", 100), ("A", -40)):
        rows.run(
            "insert into market_smart_flow values (%s, date_trunc('hour', now()), %s, %s, %s, 1)",
            market,
            tier,
            net * 10**6,
            abs(net) * 10**6,
        )
    page = made(MarketPage, reader, f"id={market}", NOW)
    cells = {
        column.key: cell
        for column, cell in zip(
            IN_ONE_MARKET, page.built["story"].moves.table["rows"][0], strict=True
        )
    }
    assert [cells[key]["t"] for key in ("kind", "before", "after", "change")] == [
        "flipped",
        "YES $200",
        "NO $300",
        "sold YES, bought NO $500",
    ]
    page.model.choose("flow")
    assert [(bar["name"], bar["y"]) for bar in page.built["flow"].hours.figure["data"]] == [
        ("S", [100.0]),
        ("A", [-40.0]),
    ]
    assert flow_by_tier([], "day", NOW) == {}
    [row] = reads.smart_movers(reader)
    assert row["change_usd"] == Decimal(-500)
