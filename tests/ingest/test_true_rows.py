"""What the venue's rows really look like, served as they are, and what has to be stored of them."""

from __future__ import annotations

from typing import Any

import pytest

from polymarket_sim.recorded.row_server import Rows
from smartmoney.ingest import sync_markets, sync_trader_positions, sync_trader_trades
from smartmoney.store.db import Store
from smartmoney.store.wallets import owners
from tests.kit.row_runs import NOW, PAID, SETTLED, rows_of, run
from tests.kit.venue_rows import Market, conversion

USER, OTHER, OWNER = "0x" + "a1" * 20, "0x" + "b2" * 20, "0x" + "e0" * 20


ODD = [
    {"outcomePrices": '["NaN", "0.5"]'},
    {"outcomePrices": '["1.0000001", "0"]'},
    {"outcomePrices": '["-1e-7", "1"]'},
    {"conditionId": None},
    {"outcomes": '["A", "B", "C"]'},
    {"events": [{"slug": "no-id", "title": "x"}]},
    {"clobTokenIds": '["", "12"]'},
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: next(iter(odd)))
def test_a_page_with_odd_markets_keeps_the_good_ones_and_puts_the_others_aside(
    store: Store, odd: dict[str, Any]
) -> None:
    listed = [Market(n).row(**(odd if n in {5, 11, 12} else {})) for n in range(1, 41)]
    closed = Market(90)
    rows = Rows(
        activity={USER: [closed.trade(USER)]},
        markets=[*listed, closed.row(closed=True)],
        resolutions=[closed.resolved(payouts=[1_000_000, 0])],
    )
    run(store, rows, sync_trader_trades, [USER])
    outcome = run(store, rows, sync_markets)
    assert list(outcome.failed) == ["markets open"]
    assert rows_of(store, "select count(*) from market where status = 'OPEN'") == [(37,)]
    assert rows_of(store, "select count(*) from quarantine") == [(3,)]
    assert rows_of(store, "select count(*) from market where status = 'RESOLVED'") == [(1,)], (
        "the other streams of the run go on"
    )
    state = rows_of(
        store,
        "select cursor, watermark from ingestion_state where source = 'markets' and key = 'open'",
    )
    assert state == [(None, None)]


def test_one_odd_wallet_keeps_its_good_rows_and_ends_no_run(store: Store) -> None:
    market = Market(7)
    trades = [market.trade(USER, timestamp=NOW - 100 + n, size=1 + n) for n in range(5)]
    for row in trades[3:]:
        row["transaction_hash"] = ""
    rows = Rows(activity={USER: trades, OTHER: [market.trade(OTHER)]}, markets=[market.row()])
    outcome = run(store, rows, sync_trader_trades, [USER, OTHER])
    assert list(outcome.failed) == [USER]
    stored = "select address, count(*) from trade join trader w on w.id = trader_id group by 1 order by 1"
    assert rows_of(store, stored) == [(USER, 3), (OTHER, 1)]
    assert rows_of(store, "select count(*) from quarantine") == [(2,)]
    state = "select cursor, last_timestamp, watermark from ingestion_state where source = 'trades'"
    assert rows_of(store, f"{state} and key = '{USER}'") == [(None, None, None)]
    for row in trades[3:]:
        row["transaction_hash"] = "0x" + "ee" * 32
    run(store, rows, sync_trader_trades, [USER])
    assert rows_of(store, stored) == [(USER, 5), (OTHER, 1)], (
        "and is read again from the same place"
    )


ABSENT = "select o.token_id from position p join outcome o on o.id = p.outcome_id where absent_since is not null"


def test_absence_is_confirmed_for_each_position_by_itself(store: Store) -> None:
    first, second, third = Market(1), Market(2), Market(3)
    shown = [market.position(USER) for market in (first, second, third)]
    rows = Rows(activity={USER: []}, positions={USER: shown})
    run(store, rows, sync_trader_positions, [USER])
    rows.positions[USER] = [shown[1], shown[2]]
    run(store, rows, sync_trader_positions, [USER])
    rows.positions[USER] = [shown[0], shown[2]]
    run(store, rows, sync_trader_positions, [USER])
    assert rows_of(store, ABSENT) == [], "one was missing each time, but never the same twice"
    run(store, rows, sync_trader_positions, [USER])
    assert rows_of(store, ABSENT) == [(second.tokens[0],)]


@pytest.mark.parametrize("odd", [{"avg_price": "?"}, {"current_size": None}])
def test_a_position_that_is_shown_and_unreadable_is_not_absent(
    store: Store, odd: dict[str, Any]
) -> None:
    first, second, gone = Market(1), Market(2), Market(3)
    rows = Rows(positions={USER: [each.position(USER) for each in (first, second, gone)]})
    run(store, rows, sync_trader_positions, [USER])
    rows.positions[USER] = [first.position(USER, **odd), second.position(USER)]
    for _ in range(3):
        run(store, rows, sync_trader_positions, [USER])
    assert rows_of(store, ABSENT) == [(gone.tokens[0],)]


def test_a_null_average_is_not_zero_and_a_negative_one_survives(store: Store) -> None:
    one, two = Market(1), Market(2)
    shown = [one.position(USER, avg_price=None), two.position(USER, avg_price=-0.25)]
    run(store, Rows(positions={USER: shown}), sync_trader_positions, [USER])
    kept = rows_of(store, "select avg_price::float8 from position order by 1")
    assert kept == [(-0.25,), (None,)]


def test_an_owners_address_leads_to_its_trading_wallet(store: Store) -> None:
    market = Market(7)
    rows = Rows(
        activity={USER: [market.trade(USER)]},
        positions={USER: [market.position(USER)]},
        profiles={OWNER: {"name": "somebody", "proxyWallet": USER.upper().replace("0X", "0x")}},
        unknown={OWNER},
    )
    with store.raw() as connection:
        connection.execute("insert into trader (address) values (%s)", [OWNER])
        connection.execute("insert into watchlist (trader_id) select id from trader")
    outcome = run(store, rows, sync_trader_trades, [OWNER])
    sentence = f"{OWNER} is an owner's address; its trading wallet is {USER}."
    assert outcome.notes == [sentence]
    assert run(store, rows, sync_trader_trades, [OWNER]).notes == [sentence]
    assert run(store, rows, sync_trader_positions, [OWNER]).notes == [sentence]
    assert rows_of(store, "select address from trader") == [(USER,)]
    watched = "select address from watchlist w join trader t on t.id = w.trader_id"
    assert rows_of(store, watched) == [(USER,)]
    assert rows_of(store, "select count(*) from trade") == [(1,)]
    assert rows_of(store, "select count(*) from position") == [(1,)]
    found = owners.standing(store, OWNER)
    assert (found.standing, found.wallet) == ("owner", USER)
    assert owners.standing(store, USER).standing == "known"


def test_a_wallet_nobody_has_seen_is_said_to_be_unknown(store: Store) -> None:
    outcome = run(store, Rows(unknown={OTHER}), sync_trader_trades, [OTHER])
    assert outcome.notes == [f"Polymarket has never seen {OTHER} trade."]
    found = owners.standing(store, OTHER)
    assert found.standing == "unknown" and "never seen" in found.sentence(OTHER)
    assert owners.standing(store, "0x" + "99" * 20).standing == "new"


GROUP = "0x" + "ab" * 31 + "00"


@pytest.mark.parametrize("event_known", [True, False])
def test_a_conversion_makes_no_market_and_its_event_is_asked_for_whole(
    store: Store, event_known: bool
) -> None:
    event = {
        "id": "700",
        "slug": "event",
        "title": "Event",
        "negRisk": True,
        "negRiskMarketID": GROUP,
    }
    markets = [
        Market(
            n,
            event,
            {
                "negRisk": True,
                "negRiskMarketID": GROUP,
                "questionID": f"0x{int(GROUP, 16) + n:064x}",
                "createdAt": f"2026-01-0{n}T00:00:00.123456Z",
                "closed": True,
            },
        )
        for n in (1, 2, 3)
    ]
    traded = [markets[0].trade(USER, place=1)] if event_known else []
    rows = Rows(
        activity={USER: [*traded, conversion(USER, GROUP, 10)]},
        markets=[market.row() for market in markets],
    )
    run(store, rows, sync_trader_trades, [USER])
    assert rows_of(store, "select count(*) from market") == [(len(traded),)]
    run(store, rows, sync_markets)
    known = rows_of(
        store,
        "select neg_risk_market_id, extract(epoch from created_at)::bigint from market order by 2",
    )
    assert known == [(GROUP, 1_767_225_600 + 86_400 * n) for n in range(3)]
    kept = rows_of(
        store,
        "select kind, market_id, size_micro, cash_micro, neg_risk_market_id from activity a "
        "join neg_risk_group g on g.id = a.group_id",
    )
    assert kept == [("CONVERSION", None, 10_000_000, 10_000_000, GROUP)]
    asked = len(rows.asked)
    run(store, rows, sync_markets)
    later = [
        path for path, query in rows.asked[asked:] if "events/" in path or "question_ids" in query
    ]
    assert not later, "once is enough"


V2_SHORT = "0x01" + "3c" * 30


@pytest.mark.parametrize("named_first", [V2_SHORT, V2_SHORT + "00"])
def test_a_market_of_protocol_v2_is_one_market_under_either_spelling(
    store: Store, named_first: str
) -> None:
    market = Market(
        7,
        more={
            "conditionId": V2_SHORT,
            "version": "v2",
            "positionIds": ["90001", "90002"],
            "clobTokenIds": '["1", "2"]',
        },
    )
    first = market.trade(USER, condition_id=named_first, token_id="90001")
    rows = Rows(
        activity={USER: [first]},
        markets=[market.row(closed=True)],
        resolutions=[market.resolved(condition_id=V2_SHORT + "00", payouts=[1_000_000, 0])],
    )
    rows.resolutions.append(rows.resolutions[0] | {"condition_id": V2_SHORT})
    run(store, rows, sync_trader_trades, [USER])
    run(store, rows, sync_markets)
    other = first | {"condition_id": V2_SHORT + "00", "transaction_hash": "0x" + "dd" * 32}
    rows.activity[USER].append(other | {"token_id": "90002", "timestamp": NOW - 50})
    run(store, rows, sync_trader_trades, [USER])
    assert rows_of(store, "select condition_id, version, status from market") == [
        (V2_SHORT, "v2", "RESOLVED")
    ]
    assert rows_of(store, "select token_id, payout_micro from outcome order by 1") == [
        ("90001", 1_000_000),
        ("90002", 0),
    ]
    assert rows_of(store, "select count(distinct market_id), count(*) from trade") == [(1, 2)]


def test_a_version_decides_which_tokens_are_a_markets_not_their_presence(store: Store) -> None:
    market = Market(7, more={"version": "v1", "positionIds": ["90001", "90002"]})
    run(store, Rows(markets=[market.row()]), sync_markets)
    assert rows_of(store, "select token_id from outcome order by 1") == [
        (token,) for token in market.tokens
    ]


COMBO = "0x03" + "44" * 30


def leg(place: int, status: str) -> dict[str, Any]:
    return {
        "leg_index": place,
        "leg_position_id": str(500 + place),
        "leg_condition_id": f"0x{place:064x}",
        "leg_outcome_index": 0,
        "leg_outcome_label": "Yes",
        "leg_status": status,
        "leg_resolved_at": "2026-08-04T17:39:14Z",
        "market": {
            "slug": f"leg-{place}",
            "question": f"Leg {place}?",
            "event": {"event_slug": "g"},
        },
    }


@pytest.mark.parametrize("lost", [True, False])
def test_a_combo_is_settled_by_its_own_routes_and_keeps_its_legs(store: Store, lost: bool) -> None:
    legs = [leg(0, "RESOLVED_WIN"), leg(1, "RESOLVED_LOSS" if lost else "RESOLVED_WIN")]
    bought = Market(7).trade(
        USER, condition_id=COMBO, token_id="7777", is_combo=True, size=500, usdc_size=100
    )
    held = {
        "combo_condition_id": COMBO,
        "outcome_index": 0,
        "outcome_label": "Yes",
        "combo_position_id": "7777",
        "proxy_wallet": USER,
        "current_size": 500.0,
        "entry_avg_price_usdc": 0.2,
        "realized_payout_usdc": 0.0,
        "status": "RESOLVED_LOSS" if lost else "RESOLVED_WIN",
        "resolved_at": "2026-08-04T17:11:48Z",
        "legs": legs,
    }
    redeemed = {
        "id": "x-1",
        "type": "REDEEM",
        "proxy_wallet": USER,
        "combo_condition_id": COMBO,
        "combo_position_id": "7777",
        "amount_usdc": None,
        "payout_usdc": 500,
        "timestamp": NOW - 5,
        "transaction_hash": "0x" + "9e" * 32,
        "legs": legs,
    }
    rows = Rows(
        activity={USER: [bought]},
        combo_activity={USER: [] if lost else [redeemed]},
        combo_positions={USER: [held]},
    )
    for _ in range(2):
        run(store, rows, sync_trader_trades, [USER])
    assert rows_of(store, SETTLED) == [("RESOLVED", "combo position", 1_785_863_508)]
    assert rows_of(store, PAID) == [(0, 0 if lost else 1_000_000)]
    redeems = rows_of(store, "select kind, size_micro, cash_micro from activity")
    assert redeems == ([] if lost else [("REDEEM", 500_000_000, 500_000_000)])
    kept = rows_of(store, "select leg_index, title, status from combo_leg order by 1")
    assert kept == [(n, f"Leg {n}?", each["leg_status"]) for n, each in enumerate(legs)]
    run(store, rows, sync_trader_positions, [USER])
    run(store, rows, sync_trader_positions, [USER])
    assert rows_of(store, ABSENT) == [], "the positions of combos are shown by a route of their own"


def test_a_redemption_of_a_combo_that_two_routes_give_counts_once(store: Store) -> None:
    """`/v2/activity` has the shares, `/v2/activity/combos` not where a leg paid a part; either may be read first."""
    legs = [leg(0, "RESOLVED_WIN"), leg(1, "RESOLVED_PARTIAL")]
    bought = Market(7).trade(
        USER, condition_id=COMBO, token_id="7777", is_combo=True, size=500, usdc_size=100
    )
    redeemed = bought | {
        "type": "REDEEM",
        "side": "",
        "price": 1,
        "usdc_size": 250,
        "timestamp": NOW - 5,
        "transaction_hash": "0x" + "9e" * 32,
    }
    elsewhere = {
        "type": "REDEEM",
        "proxy_wallet": USER,
        "combo_condition_id": COMBO,
        "combo_position_id": "7777",
        "amount_usdc": None,
        "payout_usdc": 250,
        "timestamp": NOW - 5,
        "transaction_hash": "0x" + "9e" * 32,
        "legs": legs,
    }
    rows = Rows(activity={USER: [bought]}, combo_activity={USER: [elsewhere]})
    run(store, rows, sync_trader_trades, [USER])
    rows.activity[USER].append(redeemed)
    for _ in range(2):
        run(store, rows, sync_trader_trades, [USER])
    found = rows_of(store, "select kind, cash_micro from activity")
    assert found == [("REDEEM", 250_000_000)]
