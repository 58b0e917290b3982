"""Pages without a browser: filters, sorting, paging, exports, looking again."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from smartmoney.errors import ParameterError
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.widgets.model import PageModel, PageState
from smartmoney.widgets.screens.alerts.model import AlertsModel
from smartmoney.widgets.screens.health.model import HealthModel
from smartmoney.widgets.screens.market.model import MarketModel
from smartmoney.widgets.screens.markets.model import MarketsModel
from smartmoney.widgets.screens.report.model import ReportModel
from smartmoney.widgets.screens.settings.model import SettingsModel
from smartmoney.widgets.screens.smart_markets.model import SmartMarketsModel
from smartmoney.widgets.screens.trader.columns import SCORES, decisive
from smartmoney.widgets.screens.trader.model import TraderModel
from smartmoney.widgets.screens.traders.model import TradersModel
from smartmoney.widgets.table import Context
from tests.kit.loading import Make, loaded
from tests.kit.seed import Seed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

# lists


def test_a_filter_narrows_and_clearing_brings_all_back(
    made: Make, seen: Store, world: Seed
) -> None:
    model = loaded(made, TradersModel, seen)
    model.change(tiers=("S", "A"), hide_flagged=True)
    assert 0 < model.data.page.total < 12 and model.query == "tiers=S%2CA&hide_flagged=1"
    model.reset()
    assert model.data.page.total >= world.size.traders and model.query == ""


def test_the_best_tier_comes_first_and_the_flagged_last(made: Make, seen: Store) -> None:
    rows = loaded(made, TradersModel, seen, "limit=500").data.page.rows
    scored = [row for row in rows if row["tier"]]
    assert rows[: len(scored)] == scored, "who is not scored comes after all who are"
    places = [
        (bool(row["flags"]), "SABCDE".index(row["tier"]), -(row["rarity_score"] or 0))
        for row in scored
    ]
    assert places == sorted(places) and {flagged for flagged, _, _ in places} == {False, True}


def test_no_row_passes_says_which_filter_hides_them(made: Make, seen: Store) -> None:
    model = loaded(made, TradersModel, seen)
    model.change(text="nobody at all", min_events=5)
    assert model.state is PageState.EMPTY
    assert "text" in model.sentence and "min events" in model.sentence and "clear" in model.sentence


def test_sorting_twice_turns_the_direction(made: Make, seen: Store) -> None:
    model = loaded(made, TradersModel, seen)
    model.sort_by("total_pnl")
    down = [row["total_pnl"] for row in model.data.page.rows]
    model.sort_by("total_pnl")
    up = [row["total_pnl"] for row in model.data.page.rows]
    assert down == sorted(down, reverse=True) and up == sorted(up) and down[0] > up[0]


@pytest.mark.parametrize(
    "wish",
    [
        lambda model: model.sort_by("rarity_score; drop table trader"),
        lambda model: model.change(limits=5),
        lambda model: model.change(tiers=("Z",)),
        lambda model: model.exported("exe"),
    ],
)
def test_what_cannot_be_asked_is_refused(made: Make, seen: Store, wish: Any) -> None:
    model = loaded(made, TradersModel, seen)
    with pytest.raises(ParameterError):
        wish(model)
    assert model.filter == reads.TraderFilter()


def test_pages_turn_forward_and_back(made: Make, seen: Store) -> None:
    model = loaded(made, TradersModel, seen, "limit=7")
    first = [row["id"] for row in model.data.page.rows]
    model.turn(True)
    second = [row["id"] for row in model.data.page.rows]
    model.turn(True)
    assert model.first_row == 15 and not set(first) & set(second)
    model.turn(False)
    assert [row["id"] for row in model.data.page.rows] == second
    model.turn(False)
    model.turn(False)
    assert [row["id"] for row in model.data.page.rows] == first and model.first_row == 1


def test_a_deep_link_restores_filter_and_order(made: Make, seen: Store) -> None:
    model = loaded(made, TradersModel, seen)
    model.change(tiers=("B",), min_events=20, text="trader")
    model.sort_by("win_rate")
    again = loaded(made, TradersModel, seen, "?" + model.query)
    assert [row["id"] for row in again.data.page.rows] == [
        row["id"] for row in model.data.page.rows
    ]


def test_a_broken_deep_link_is_told_and_ignored(made: Make, seen: Store, world: Seed) -> None:
    model = loaded(made, TradersModel, seen, "tiers=S,Q&limit=abc&sort=password")
    assert model.state is PageState.READY and model.data.page.total >= world.size.traders
    assert len(model.notices) == 3 and all("ignored" in notice for notice in model.notices)


@pytest.mark.parametrize("kind", [TradersModel, MarketsModel, SmartMarketsModel, AlertsModel])
def test_exports_hold_the_whole_filtered_set(made: Make, seen: Store, kind: Any) -> None:
    model = loaded(made, kind, seen, "limit=3")
    total = model.data.page.total
    name, content = model.exported("csv")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    table = pq.read_table(io.BytesIO(model.exported("parquet")[1]))
    assert name == f"{model.name}.csv" and len(rows) == total == table.num_rows > 3


def test_a_spreadsheet_runs_no_formula_of_a_stranger(made: Make, seen: Store) -> None:
    model = loaded(made, TradersModel, seen)
    rows = list(csv.DictReader(io.StringIO(model.exported("csv")[1].decode())))
    names = [row["name"] for row in rows]
    assert any(name.startswith("'=HYPERLINK") for name in names)
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)


def test_exported_money_is_exact(made: Make, seen: Store) -> None:
    model = loaded(made, TradersModel, seen)
    table = pq.read_table(io.BytesIO(model.exported("parquet")[1])).to_pylist()
    by_id = {row["id"]: row["total_pnl"] for row in table}
    for row in model.data.page.rows:
        assert isinstance(by_id[row["id"]], Decimal | None) and by_id[row["id"]] == row["total_pnl"]


# one trader


def find(seen: Store, **wanted: Any) -> str:
    rows = reads.traders(seen, reads.TraderFilter(limit=500)).rows
    return str(
        next(row["address"] for row in rows if all(test(row[key]) for key, test in wanted.items()))
    )


def test_a_trader_without_an_address_asks_for_one(made: Make, seen: Store) -> None:
    assert "address=0x" in loaded(made, TraderModel, seen, "").sentence
    model = loaded(made, TraderModel, seen, "address=0x12<script>")
    assert (
        model.state is PageState.EMPTY
        and "no wallet address" in model.sentence
        and model.query == ""
    )


def test_an_owners_page_leads_to_its_trading_wallet(
    made: Make, store: Store, reader: Store
) -> None:
    owner, wallet = "0x" + "e0" * 20, "0x" + "a1" * 20
    with store.raw() as connection:
        connection.execute("insert into trader (address) values (%s), (%s)", [owner, wallet])
        connection.execute(
            "insert into wallet_owner (owner, wallet) values (%s, %s)", [owner, wallet]
        )
    model = loaded(made, TraderModel, reader, f"address={owner}")
    assert model.state is PageState.EMPTY and model.trader is None and not model.kpis()
    assert f"{owner} is an owner's address; its trading wallet is {wallet}." in model.sentence
    assert model.header()[1][1] == {"t": wallet, "u": f"trader.ipynb?address={wallet}"}
    model.start = lambda job, parameters: "run"
    model.sync()
    assert [row["source"] for row in model.data.sync] == ["positions", "trades"]
    ended(store, model.clock() + timedelta(seconds=5))
    model.tick()
    assert model.syncing.scoring == "run"


def test_an_unknown_wallet_is_said_to_be_unknown(made: Make, store: Store, reader: Store) -> None:
    wallet = "0x" + "b2" * 20
    with store.raw() as connection:
        connection.execute(
            "insert into trader (address, tier, coverage, as_of) values (%s, 'E', 'complete', now())",
            [wallet],
        )
        connection.execute(
            """insert into ingestion_state (source, key, note) values ('trades', %s, '{"wallet": "unknown"}')""",
            [wallet],
        )
    model = loaded(made, TraderModel, reader, f"address={wallet}")
    assert model.state is PageState.EMPTY and model.trader is None
    assert f"Polymarket has never seen {wallet} trade." in model.sentence
    assert not model.kpis() and model.header() == [[{"t": model.header()[0][0]["t"]}]]


def test_a_trader_short_of_events_withholds(made: Make, seen: Store) -> None:
    wallet = find(seen, needs_events=lambda value: value)
    model = loaded(made, TraderModel, seen, f"address={wallet}")
    assert model.state is PageState.TOO_LITTLE and "more events that count" in model.sentence


def test_a_trader_never_scored_withholds_instead_of_zeroing(made: Make, seen: Store) -> None:
    wallet = find(seen, as_of=lambda value: value is None)
    model = loaded(made, TraderModel, seen, f"address={wallet}")
    assert model.state is PageState.TOO_LITTLE
    assert model.kpis()[0].cell["t"] == "–" and model.why()[0][0]["t"] == "–"


def test_a_trader_with_missing_history_is_partial(made: Make, seen: Store) -> None:
    wallet = find(
        seen, coverage=lambda value: value == "partial", needs_events=lambda value: value == 0
    )
    model = loaded(made, TraderModel, seen, f"address={wallet}")
    assert model.state is PageState.PARTIAL and "missing" in model.sentence


def test_the_reason_that_decided_a_tier_is_never_cut_off() -> None:
    reasons = [
        "rank 5 among 108 unflagged wallets gives a slot in tier B",
        "edge +2.3 points at 50 cents (90 %: -1.0 to +5.6) over 12 events; 76% likely to clear its costs",
        "not B: skill probability 75.9 % is below 90%",
    ]
    assert decisive(reasons) == reasons[2:] and decisive(reasons[:2]) == reasons[:1]
    row = {"reasons": reasons, "as_of": NOW, "tier": "C"}
    why = next(column for column in SCORES if column.key == "why").draw(row, Context(NOW))
    assert why["t"] == reasons[2] and all(reason in why["h"] for reason in reasons)


def test_a_sure_skill_beside_common_luck_is_explained(made: Make, seen: Store) -> None:
    wallet = find(seen, rarity_score=lambda value: value == 99_999)
    model = loaded(made, TraderModel, seen, f"address={wallet}")
    row = {**model.trader, "skill_prob": 0.999, "q_value": 1.0}
    model.data = replace(model.data, trader=row)
    assert any("P(skill) and q disagree" in line[0]["t"] for line in model.why())
    model.data = replace(model.data, trader={**row, "q_value": 0.01})
    assert not any("disagree" in line[0]["t"] for line in model.why())


@pytest.mark.parametrize("tab", ["summary", "positions", "trades", "activity", "score"])
def test_every_tab_of_a_trader_reads(made: Make, seen: Store, tab: str) -> None:
    wallet = find(seen, rarity_score=lambda value: value == 99_999)
    model = loaded(made, TraderModel, seen, f"address={wallet}&tab={tab}")
    assert model.tab == tab and model.state is not PageState.ERROR, model.sentence
    if tab in model.lists:
        assert model.lists[tab].cells()
    assert model.query == f"address={wallet}" + ("" if tab == "summary" else f"&tab={tab}")


def test_there_is_no_other_tab(made: Make, seen: Store) -> None:
    with pytest.raises(ParameterError):
        loaded(made, TraderModel, seen).choose("secrets")


def ended(store: Store, moment: Any, error: str | None = None) -> None:
    with store.raw() as connection:
        column = "last_error_at" if error else "last_success_at"
        connection.execute(
            f"update ingestion_state set {column} = %s, last_error = %s, leased_until = null",
            [moment, error],
        )


def test_sync_now_asks_waits_scores_and_ends(
    made: Make, store: Store, reader: Store, world: Seed
) -> None:
    wallet = "0x" + "cd" * 20
    model = loaded(made, TraderModel, reader, f"address={wallet}")
    asked: list[Any] = []
    model.start = lambda job, parameters: asked.append((job, parameters)) or f"run-{len(asked)}"
    assert model.state is PageState.EMPTY and "Sync now" in model.sentence and model.syncing is None
    model.sync()
    wanted = {"addresses": [wallet]}
    assert asked == [("sync_trader_trades", wanted), ("sync_trader_positions", wanted)]
    assert model.sync_note() == "positions waiting for its run · trades waiting for its run"
    with store.raw() as connection:
        connection.execute(
            "update ingestion_state set leased_until = now() + interval '1 minute' where source = 'trades'"
        )
    model.tick()
    assert "trades running" in model.sync_note()
    ended(store, world.now + timedelta(seconds=5))
    model.tick()
    assert asked[2:] == [("calculate_rarity_scores", {})] and model.sync_note().endswith("scoring")
    with store.raw() as connection:
        connection.execute(
            "insert into score_run (as_of, score_version, population, scored) values (%s, '1', 1, 0)",
            [world.now + timedelta(seconds=9)],
        )
    assert model.tick() and model.syncing is None
    assert "read" in model.sync_note() and "waiting" not in model.sync_note() and len(asked) == 3


def test_a_sync_without_prefect_waits_for_the_schedule(
    made: Make, store: Store, reader: Store, world: Seed
) -> None:
    model = loaded(made, TraderModel, reader, f"address={'0x' + 'cf' * 20}")
    model.sync()
    assert "the next scheduled run takes it" in model.sync_note()
    ended(store, world.now + timedelta(seconds=5))
    model.tick()
    assert model.syncing is None


def test_a_sync_that_fails_says_so(made: Make, store: Store, reader: Store, world: Seed) -> None:
    model = loaded(made, TraderModel, reader, f"address={'0x' + 'ce' * 20}")
    model.sync()
    ended(store, world.now + timedelta(seconds=5), "the API answered 503")
    model.tick()
    assert model.syncing is None and "failed: the API answered 503" in model.sync_note()


# one market, health, settings, alerts, report


def test_a_market_with_few_smart_wallets_withholds_its_lean(made: Make, seen: Store) -> None:
    few = next(row for row in reads.smart_markets(seen).rows if row["lean_label"] == "INSUFFICIENT")
    model = loaded(made, MarketModel, seen, f"id={few['id']}")
    assert model.state is PageState.TOO_LITTLE and "more smart wallet" in model.sentence
    assert model.kpis()[1].cell["h"].endswith("withheld")


def test_a_resolved_market_does_not_grow_stale(made: Make, seen: Store, world: Seed) -> None:
    over = reads.markets(seen, reads.MarketFilter(statuses=("RESOLVED",))).rows[0]
    model = loaded(made, MarketModel, seen, f"id={over['id']}", now=world.now + timedelta(days=9))
    assert model.state is not PageState.STALE and "Resolved" in model.resolution()[0][0]["t"]


@pytest.mark.parametrize(
    "query", ["", "id=", "id=abc", "id=1;drop", "id=999999", "id=0x" + "0" * 64]
)
def test_what_is_no_market_is_said(made: Make, seen: Store, query: str) -> None:
    model = loaded(made, MarketModel, seen, query)
    assert model.state is PageState.EMPTY and len(model.sentence) > 20


def test_health_says_what_it_means(made: Make, seen: Store, world: Seed) -> None:
    model = loaded(made, HealthModel, seen, now=world.now + timedelta(hours=3))
    assert model.state is PageState.PARTIAL
    assert any(
        "positions and unrealized PnL are stale" in line[0]["t"] for line in model.sentences()
    )


def test_settings_show_no_secret(made: Make, reader: Store) -> None:
    model = loaded(made, SettingsModel, reader)
    shown = str(model.data.settings)
    assert "s3cret-word" not in shown and "canary-target" not in shown and "set, hidden" in shown
    assert {row["tier"] for row in model.data.gates} == set("SABCDE")


def test_settings_are_saved_with_who_and_when_and_checked(made: Make, reader: Store) -> None:
    model = loaded(made, SettingsModel, reader)
    for wrong in ({"theme": "neon"}, {"database_url": "x"}, {"theme": "light", "x": 1}, None, []):
        with pytest.raises(ParameterError):
            model.save(wrong)
    assert reads.settings(reader) == {}
    model.save({"theme": "light"}, "ana")
    assert model.edited("theme") == "light" and "by ana" in model.changed_note()
    model.save({"theme": "dark"})
    assert reads.settings(reader) == {}


def test_a_rule_is_tried_saved_edited_paused_and_deleted(made: Make, reader: Store) -> None:
    model = loaded(made, AlertsModel, reader)
    assert "there is no rule" in model.sentence
    model.kind_of_rule = "tier_changes"
    values = {"name": "Tiers", "tiers": "S, A", "direction": "up", "cooldown_minutes": "45"}
    model.submit(values)
    rule = model.data.rules[0]
    assert "would have fired 0 times" in model.rule_result and rule["parameters"]["tiers"] == [
        "S",
        "A",
    ]
    assert rule["parameters"]["cooldown_minutes"] == 45
    model.act("edit", rule["id"])
    form = {field["key"]: field["value"] for field in model.fields()}
    assert form["tiers"] == "S, A" and form["name"] == "Tiers"
    model.submit({**values, "name": "Best tiers"})
    assert [row["name"] for row in model.data.rules] == ["Best tiers"]
    model.act("pause", rule["id"])
    assert not model.data.rules[0]["enabled"]
    model.act("test", rule["id"])
    assert "last 7 days" in model.rule_result
    model.act("delete", rule["id"])
    assert model.data.rules == []


@pytest.mark.parametrize(
    "kind, values",
    [
        ("tier_changes", {"name": ""}),
        ("tier_changes", {"name": "x"}),
        ("consensus", {"name": "x", "wallets_needed": "many"}),
        ("market_crosses", {"name": "x", "measure": "smart_lean", "level": "7"}),
        ("trader_moves", None),
    ],
)
def test_a_wrong_rule_is_refused_with_a_sentence(
    made: Make, reader: Store, kind: str, values: Any
) -> None:
    model = loaded(made, AlertsModel, reader)
    model.kind_of_rule = kind
    with pytest.raises(ParameterError):
        model.submit(values)
    assert reads.alert_rules(reader) == []


@pytest.mark.parametrize(
    "kind",
    [
        "trader_moves",
        "market_crosses",
        "consensus",
        "tier_changes",
        "market_resolves",
        "stream_stale",
    ],
)
def test_every_kind_of_rule_has_a_form(made: Make, seen: Store, kind: str) -> None:
    model = loaded(made, AlertsModel, seen)
    model.kind_of_rule = kind
    fields = model.fields()
    assert fields[0]["key"] == "name" and len(fields) > 5
    assert all(field["kind"] in ("text", "number", "select", "check") for field in fields)


def test_a_report_is_read_only_from_its_folder(
    made: Make, store: Store, reader: Store, home: Any
) -> None:
    folder = home / "reports" / "sync_markets" / "2026-11-22"
    folder.mkdir(parents=True)
    (folder / "r1.html").write_text("<p>report</p>")
    (home / "secrets.html").write_text("canary")
    with store.raw() as connection:
        for path in (
            "sync_markets/2026-11-22/r1.ipynb",
            "../secrets.ipynb",
            "sync_markets/../../secrets.ipynb",
            "/etc/passwd",
            None,
        ):
            connection.execute(
                "insert into ingestion_run (job, status, report) values ('sync_markets', 'done', %s)",
                [path],
            )
    pages = [loaded(made, ReportModel, reader, f"run={run}") for run in range(1, 6)]
    assert [page.data.html for page in pages] == ["<p>report</p>", "", "", "", ""]
    assert [page.state for page in pages] == [PageState.READY] + [PageState.PARTIAL] * 4
    assert loaded(made, ReportModel, reader, "run=1e9").state is PageState.EMPTY


def test_pages_link_the_notebooks_that_made_their_numbers(
    made: Make, store: Store, reader: Store
) -> None:
    with store.raw() as connection:
        connection.execute(
            "insert into ingestion_run (job, status, report, ended_at) values "
            "('calculate_rarity_scores', 'done', 'calculate_rarity_scores/2026-11-22/a.ipynb', now())"
        )
    line = loaded(made, TradersModel, reader).made_by()[0]
    assert line[1]["t"] == "calculate_rarity_scores" and line[1]["u"] == "report.ipynb?run=1"


def test_a_page_looks_again_after_a_minute_and_not_before(
    made: Make, seen: Store, world: Seed
) -> None:
    model = loaded(made, TradersModel, seen)
    assert not model.tick() and (first := model.data)
    model.clock = lambda: world.now + timedelta(seconds=61)
    assert model.tick() and model.data is not first


def test_the_reading_role_is_refused_elsewhere(seen: Store) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), seen.raw() as connection:
        connection.execute("update trader set tier = 'S'")


def test_a_model_says_what_it_lacks(made: Make, seen: Store) -> None:
    assert loaded(made, PageModel, seen).state is PageState.ERROR


@pytest.mark.parametrize("kind", [TraderModel, MarketModel], ids=lambda kind: kind.name)
def test_what_a_page_shows_can_be_watched_noted_and_left(
    made: Make, seen: Store, kind: Any
) -> None:
    model = loaded(made, kind, seen)
    model.unwatch()
    assert model.data.watched is None
    model.watch("first <b>look</b>")
    model.watch("second look")
    assert model.data.watched["note"] == "second look"
    assert "second look" in str(reads.watchlist(seen))
    with pytest.raises(ParameterError, match="at most"):
        model.watch("x" * 2_001)
    model.unwatch()
    assert model.data.watched is None
