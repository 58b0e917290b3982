"""Situations of real rows with their true values, from the wire to the score: client, ingestion, ledger, coverage."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartmoney.books.catalog import load_catalog
from smartmoney.store.arrow import column
from smartmoney.store.db import Store
from smartmoney.store.scores import ledger_rows
from tests.kit.lab import Lab, Market, Venue, address, conversion, lab

WALLET, OTHER = address("one"), address("two")
T = 1_770_000_000
GROUP = "0x" + "a1" * 31 + "00"
EVENT = {
    "id": "70",
    "slug": "temperature",
    "title": "How warm?",
    "negRisk": True,
    "negRiskMarketID": GROUP,
}
COMBO = "0x" + "03" + "c7" * 30
YES, NO = 0, 1


def question(text: str, **fields: str) -> Market:
    return Market(text, event=EVENT, negRiskMarketID=GROUP, **fields)


@pytest.fixture
def venue() -> Venue:
    return Venue()


@pytest.fixture
def bench(store: Store, tmp_path: Path, venue: Venue) -> object:
    with lab(store, tmp_path, venue) as opened:
        yield opened


def questions(store: Store) -> list[str]:
    with store.raw() as connection:
        return [row[0] for row in connection.execute("select question from market order by 1")]


def test_a_conversion_without_legs_takes_what_was_held(bench: Lab, venue: Venue) -> None:
    a, b, c, d = venue_markets = [question(text) for text in ("A?", "B?", "C?", "D?")]
    venue.activity[WALLET] = [
        a.fill(WALLET, "BUY", NO, 40, 30, T),
        b.fill(WALLET, "BUY", NO, 40, 34, T + 1),
        conversion(WALLET, GROUP, 40, T + 100),
        c.fill(WALLET, "SELL", YES, 40, 11, T + 200),
        d.fill(WALLET, "SELL", YES, 40, 9, T + 210),
    ]
    venue.markets = [each.row for each in venue_markets]
    venue.resolutions = [each.resolved(YES if each is c else NO) for each in venue_markets]
    bench.run(steps=("trades", "markets", "markets", "score"))
    found = bench.wallet(WALLET)
    assert found["total_pnl"] == -30 - 34 + 40 + 11 + 9
    assert found["flags"] == [] and found["coverage"] == "unchecked"
    assert questions(bench.store) == ["A?", "B?", "C?", "D?"], "no market that nobody can trade"


def test_where_nothing_tells_the_legs_the_coverage_says_what_is_open(
    bench: Lab, venue: Venue
) -> None:
    a, b, c = venue_markets = [question(text) for text in ("A?", "B?", "C?")]
    venue.activity[WALLET] = [
        a.fill(WALLET, "BUY", NO, 10, 6, T),
        b.fill(WALLET, "BUY", YES, 10, 2, T + 5),
        conversion(WALLET, GROUP, 25, T + 100),
    ]
    venue.markets = [each.row for each in venue_markets]
    venue.resolutions = [each.resolved(YES if each is b else NO) for each in venue_markets]
    bench.run(steps=("trades", "markets", "markets", "score"))
    found = bench.wallet(WALLET)
    assert found["total_pnl"] == (10 - 6) + (10 - 2) and found["coverage"] == "partial"
    assert (
        "1 conversion does not tell which shares were given up "
        "(25.00 shares in How warm?, between $0 and $50.00)" in found["coverage_reason"]
    )
    assert found["flags"] == ["PARTIAL"], "fifty dollars could change the sign of twelve"


def test_only_questions_of_then_and_of_the_group_receive(bench: Lab, venue: Venue) -> None:
    late = {"startDate": "2026-03-01T00:00:00Z", "createdAt": "2026-03-01T00:00:00Z"}
    a, b, c = question("A?"), question("B?"), question("C, added later?", **late)
    mixed = Market("An ordinary one?", event=EVENT)
    venue_markets = [a, b, c, mixed]
    venue.activity[WALLET] = [
        a.fill(WALLET, "BUY", NO, 50, 31, T),
        conversion(WALLET, GROUP, 50, T + 100),
    ]
    venue.markets = [each.row for each in venue_markets]
    bench.run(steps=("trades", "markets"))
    venue.resolutions = [each.resolved(NO if each in (a, b) else YES) for each in venue_markets]
    bench.run(steps=("markets", "score"))
    assert bench.wallet(WALLET)["total_pnl"] == -31


def test_combos_are_booked_as_cash_from_their_first_row(bench: Lab, venue: Venue) -> None:
    plain = Market("Plain?")
    combo = Market("Home, Away and more", condition=COMBO)
    wallets = {name: address(name) for name in ("lost", "won", "sold", "none")}
    for name, wallet in wallets.items():
        rows = [plain.fill(wallet, "BUY", YES, 50, 20, T)]
        bet = combo.fill(wallet, "BUY", YES, 300, 60, T + 100)
        if name != "none":
            rows.append(bet | {"is_combo": True})
        if name == "won":
            won = combo.fill(wallet, "SELL", YES, 300, 300, T + 300)
            rows.append(won | {"type": "REDEEM", "side": "", "price": 0, "is_combo": True})
        if name == "sold":
            sold = combo.fill(wallet, "SELL", YES, 300, 90, T + 300)
            rows.append(sold | {"is_combo": True})
        venue.activity[wallet] = rows
    venue.markets = [plain.row]
    venue.resolutions = [plain.resolved(YES)]
    bench.run(steps=("trades", "markets", "markets", "score"))
    found = {name: bench.wallet(wallet) for name, wallet in wallets.items()}
    assert {name: row["total_pnl"] for name, row in found.items()} == {
        "lost": 30 - 60,
        "won": 30 + 240,
        "sold": 30 + 30,
        "none": 30,
    }
    assert all(row["flags"] == [] and row["coverage"] == "unchecked" for row in found.values())
    assert found["won"]["decided_events"] == 2 and found["lost"]["decided_events"] == 1


@pytest.mark.parametrize(
    ("prices", "gains"),
    [
        (("1", "0"), (30.0, -30.0)),
        (("0", "1"), (-30.0, 30.0)),
        (("0.6213", "0.3787"), (7.278, -7.278)),
        (("0", "0"), (None, None)),
        (("0.7", "0.7"), (None, None)),
    ],
)
def test_a_closed_market_is_worth_its_final_prices_or_nothing_known(
    bench: Lab,
    venue: Venue,
    prices: tuple[str, str],
    gains: tuple[float | None, float | None],
) -> None:
    stale = {"bestBid": 0.68, "bestAsk": 0.72, "lastTradePrice": 0.7}
    market = Market("Closed?", prices=prices, closed=True, **stale)
    for side, wallet in ((YES, WALLET), (NO, OTHER)):
        venue.activity[wallet] = [market.fill(wallet, "BUY", side, 60, 30, T)]
    venue.markets = [market.row]
    bench.run()
    assert (bench.wallet(WALLET)["total_pnl"], bench.wallet(OTHER)["total_pnl"]) == gains


def test_what_a_stranger_sends_changes_nothing(bench: Lab, venue: Venue) -> None:
    held = Market("Held?", bestBid=0.49, bestAsk=0.51)
    sent = Market("Sent?")
    for n, wallet in ((0.01, WALLET), (5_000.0, OTHER)):
        venue.activity[wallet] = [held.fill(wallet, "BUY", YES, 80, 30, T)]
        venue.positions[wallet, "OPEN"] = [
            held.position(wallet, YES, 80, 0.375),
            sent.position(wallet, YES, n, None),
        ]
    venue.markets = [held.row, sent.row]
    bench.run(steps=("trades", "markets", "positions", "score"))
    for wallet in (WALLET, OTHER):
        found = bench.wallet(wallet)
        assert (found["coverage"], found["flags"], found["total_pnl"]) == ("complete", [], 10.0)


def test_many_fills_at_all_hours_of_a_life_make_no_bot(bench: Lab, venue: Venue) -> None:
    market = Market("Any?")
    venue.activity[WALLET] = [
        market.fill(WALLET, "BUY", YES, 10, 5, T + 86_400 * day + 3_600 * ((5 * day + n) % 24) + n)
        for day in range(150)
        for n in range(7)
    ]
    venue.markets = [market.row]
    bench.run()
    found = bench.wallet(WALLET)
    assert (found["trade_count"], found["flags"]) == (1_050, [])


def test_a_wallet_that_nobody_has_seen_gets_no_tier(bench: Lab, venue: Venue) -> None:
    """Nor does one that was never asked for: what was not read is not zero."""
    unread = "0x" + "c3" * 20
    market = Market("Any?")
    venue.activity[WALLET] = [market.fill(WALLET, "BUY", YES, 10, 5, T)]
    venue.activity[OTHER] = []
    venue.markets, venue.unknown = [market.row], {OTHER}
    with bench.store.raw() as connection:
        connection.execute(
            "insert into trader (address, tier) select unnest(%s::text[]), 'E'", [[OTHER, unread]]
        )
    bench.run()
    with bench.store.raw() as connection:
        tiers = dict(connection.execute("select address, tier from trader").fetchall())
        history = connection.execute("select count(*) from trader_score").fetchone()
    assert tiers == {WALLET: "E", OTHER: None, unread: None}
    assert history == (1,)


def test_a_redemption_that_names_no_outcome_is_the_tokens(bench: Lab, venue: Venue) -> None:
    """Real redemptions of combos name the token and say 999 for its outcome, while others hold the second outcome."""
    combo = Market("Home and Away", condition=COMBO)
    for wallet, side in ((OTHER, NO), (WALLET, YES)):
        bet = combo.fill(wallet, "BUY", side, 300, 60, T + 100)
        won = combo.fill(wallet, "SELL", side, 300, 300, T + 300)
        redeemed = won | {"type": "REDEEM", "side": "", "price": 0, "outcome_index": 999}
        alone = combo.fill(wallet, "BUY", side, 1, 1, T + 50) | {"outcome_index": 999}
        venue.activity[wallet] = [alone, bet, redeemed] if wallet == WALLET else [bet, redeemed]
    bench.run(steps=("trades", "markets", "score"))
    found = [bench.wallet(wallet) for wallet in (OTHER, WALLET)]
    assert [row["total_pnl"] for row in found] == [240, 239]
    assert all(row["flags"] == [] and row["coverage"] == "unchecked" for row in found)


def test_an_outcome_nothing_labelled_takes_a_free_place(store: Store) -> None:
    with store.raw() as connection:
        connection.execute(
            "insert into market (condition_id, slug, question) values (%s, 's', 'q')", [COMBO]
        )
        market = connection.execute("select id from market").fetchone()
        assert market is not None
        for token, index in (("5", None), ("6", 1), ("7", None)):
            connection.execute(
                "insert into outcome (market_id, token_id, outcome_index) values (%s, %s, %s)",
                [market[0], token, index],
            )
    assert column(ledger_rows.outcomes(store), "position").tolist() == [0, 1, 2]
    assert load_catalog(store).outcome_ids.tolist() == [1, 2, 3]
