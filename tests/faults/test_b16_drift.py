"""B16: the API's shape moves. What is new is stored raw and told; what is wrong is quarantined; what means loss stops."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polymarket_sim.server import Simulator
from smartmoney.errors import ShapeChanged
from smartmoney.polymarket.endpoints import ACTIVITY_TYPES
from smartmoney.store.db import Store
from tests.kit.feed import FIRST, WALLET, Feed, feed
from tests.kit.same import Picture, assert_same, part_of, picture
from tests.kit.syncing import Run, sync

KEY_FIELDS = (
    "proxy_wallet",
    "timestamp",
    "type",
    "size",
    "price",
    "side",
    "transaction_hash",
    "condition_id",
    "token_id",
)


@pytest.fixture
def served() -> Iterator[Feed]:
    """Thirty good fills on two pages."""
    with feed() as found:
        for second in range(30):
            found.fill(timestamp=FIRST + second)
        yield found


def drift(store: Store) -> set[tuple[str, str]]:
    """Unexpected fields and types on record for the health page."""
    with store.raw() as connection:
        return set(
            connection.execute(
                "select field, json_type from api_shape where not expected"
            ).fetchall()
        )


@pytest.mark.parametrize(
    ("what", "field"), [("missing", "size"), *(("rename", name) for name in KEY_FIELDS)]
)
def test_a_key_field_gone_stops_the_run_where_it_is(
    run: Run, api: Simulator, store: Store, clean: Picture, field: str, what: str
) -> None:
    api.misbehaviour.add("/data/v2/activity", what, field=field)
    with pytest.raises(ShapeChanged, match=field):
        run(kinds=("trades",))
    stopped = picture(store)
    part_of(stopped, clean)
    assert not stopped["trade"] and not any(row[2] or row[3] or row[4] for row in stopped["stream"])


def test_after_the_mending_everything_is_there(
    run: Run, api: Simulator, store: Store, clean: Picture
) -> None:
    rules = [
        api.misbehaviour.add("/data/v2/activity", "rename", nth=list(range(9, 99)), field="size"),
        api.misbehaviour.add(
            "/data/v2/positions", "rename", nth=list(range(5, 99)), field="current_size"
        ),
    ]
    for kind in ("trades", "positions"):
        with pytest.raises(ShapeChanged):
            run(kinds=(kind,))
    assert all(rule.fired for rule in rules)
    api.misbehaviour.clear()
    run()
    found = picture(store)
    assert all(
        b"current_size_new" in row[3] or b"size_new" in row[3] for row in found["quarantine"]
    )
    found["quarantine"].clear()
    assert_same(found, clean)


@pytest.mark.parametrize(
    ("what", "route"),
    [
        ("rename-envelope", "/data/v2/activity"),
        ("no-pagination", "/data/v2/activity"),
        ("no-pagination", "/data/v2/positions"),
    ],
)
def test_no_envelope_is_no_end(
    run: Run, api: Simulator, store: Store, clean: Picture, what: str, route: str
) -> None:
    api.misbehaviour.add(route, what, nth=[3])
    with pytest.raises(ShapeChanged, match="no data, or no pagination"):
        run()
    stopped = picture(store)
    part_of(stopped, clean)
    assert sum(not row[4] for row in stopped["stream"]) >= 1, (
        "whoever was being read has no watermark"
    )
    run()
    assert_same(picture(store), clean)


def test_more_than_five_percent_stop_the_stream_and_keep_the_good_rows(
    store: Store, served: Feed
) -> None:
    for number in range(3):
        served.raw("price", "1.7", timestamp=FIRST + number)
    failed = sync(store, served.url, [WALLET], ("trades",))["trades"].failed
    assert "3 of 20 rows cannot be read, first because price is 1.7" in failed[WALLET]
    found = picture(store)
    assert (found["trade"].total(), found["quarantine"].total()) == (17, 3)
    assert [row[2:5] for row in found["stream"] if row[0] == "trades"] == [(None, None, False)]


def test_a_new_field_is_told_and_changes_nothing(
    run: Run, api: Simulator, store: Store, clean: Picture
) -> None:
    api.misbehaviour.add("/data/v2/*", "new-field", field="venue", value="x")
    outcomes = run()
    assert ("venue", "string") in drift(store)
    assert any("venue" in note for note in outcomes["trades"].notes + outcomes["positions"].notes)
    assert_same(picture(store), clean)


def test_a_number_as_text_is_read_and_told(
    run: Run, api: Simulator, store: Store, clean: Picture
) -> None:
    api.misbehaviour.add("/data/v2/activity", "retype", field="size")
    run()
    assert ("size", "string") in drift(store)
    assert_same(picture(store), clean)


def test_a_new_activity_type_is_kept_with_its_own_word(store: Store, served: Feed) -> None:
    served.fill(type="STAKE", timestamp=FIRST + 5)
    sync(store, served.url, [WALLET], ("trades",))
    assert [row[3:5] for row in picture(store)["activity"]] == [("OTHER", "STAKE")]


@pytest.mark.parametrize("side", ["IN", "OUT", "", None, "SIDEWAYS"])
def test_a_tip_has_a_side_of_its_own(store: Store, served: Feed, side: str | None) -> None:
    served.fill(type="TIP", side=side, timestamp=FIRST + 5)
    sync(store, served.url, [WALLET], ("trades",))
    assert [row[3:5] for row in picture(store)["activity"]] == [("TIP", "TIP")]


def test_a_combo_has_an_id_of_62_digits(store: Store, served: Feed) -> None:
    combo = "0x" + "d" * 62
    served.fill(
        condition_id=combo,
        token_id="9",
        slug="",
        outcome="",
        title="",
        is_combo=True,
        timestamp=FIRST + 5,
    )
    sync(store, served.url, [WALLET], ("trades",))
    found = picture(store)
    assert [row[4] for row in found["trade"] if row[3] == "9"] == [combo] and not found[
        "quarantine"
    ]


@pytest.mark.parametrize(
    ("field", "value"), [("sort_direction", "DESC"), ("user", ""), ("start", "1")]
)
def test_a_filter_without_effect_is_noticed(
    run: Run,
    api: Simulator,
    store: Store,
    wallets: list[str],
    clean: Picture,
    field: str,
    value: str,
) -> None:
    run(kinds=("trades",))
    busiest = max(
        wallets, key=lambda wallet: sum(row[2] == wallet for row in clean["trade"].elements())
    )
    api.misbehaviour.add("/data/v2/activity", "parameter", field=field, value=value or busiest)
    with pytest.raises(ShapeChanged, match="asked for"):
        run(kinds=("trades",))
    part_of(picture(store), clean)


def test_every_request_carries_every_filter(run: Run, api: Simulator) -> None:
    run(page_rows=4)
    activity = [request.params for request in api.requests if request.path == "/data/v2/activity"]
    positions = [request.params for request in api.requests if request.path == "/data/v2/positions"]
    assert any("cursor" in params for params in activity) and any(
        "cursor" in params for params in positions
    )
    for params in activity:
        assert {"user", "start", "limit"} <= set(params)
        assert params["type"].split(",") == list(ACTIVITY_TYPES)
        assert params["exclude_deposits_withdrawals"] == "false"
        assert (params["sort_by"], params["sort_direction"]) == ("TIMESTAMP", "ASC")
    for params in positions:
        assert {"user", "limit", "status"} <= set(params)
        assert (params["filter_type"], params["filter_amount"]) == ("TOKENS", "0")
        assert params["status"] == "CLOSED" or params["include_archived"] == "true"
    assert {params["start"] for params in activity} == {"1"}, "a first backfill asks for everything"


def test_a_cursor_is_kept_with_the_parameters_it_belongs_to(store: Store, served: Feed) -> None:
    served.refuse_after = 1
    with pytest.raises(Exception, match="no good answer"):
        sync(store, served.url, [WALLET], ("trades",))
    with store.raw() as connection:
        cursor, params = connection.execute(
            "select cursor, cursor_params from ingestion_state where source = 'trades'"
        ).fetchone()
    assert cursor == "20" and params["user"] == WALLET and params["start"] == 1
