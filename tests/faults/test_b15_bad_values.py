"""B15: values nobody should send. Cleaned, or quarantined with reason and raw text; the page's good rows are stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from polymarket_sim.server import Simulator
from smartmoney import ingest
from smartmoney.polymarket.budget import LocalBudget
from smartmoney.polymarket.client import Client
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.clock import FrozenClock
from tests.kit.databases import fresh_store
from tests.kit.feed import FIRST, POSITION, WALLET, Feed, feed
from tests.kit.same import Picture, picture
from tests.kit.syncing import Run, here, sync

CLEANED = {
    "NUL": ("title", r'"a\u0000b"'),
    "lone surrogate": ("title", r'"a\ud800b"'),
    "direction": ("title", '"\u202ea\u2066 b"'),
    "10 MB": ("title", '"' + "x" * 10_000_000 + '"'),
    "number for text": ("title", "12"),
    "null": ("outcome", "null"),
}
REFUSED = {
    "NaN": ("size", "NaN"),
    "infinity": ("size", "Infinity"),
    "minus infinity": ("price", "-Infinity"),
    "1e400": ("size", "1e400"),
    "-1e400": ("size", "-1e400"),
    "too large": ("size", "1e14"),
    "negative": ("size", "-5"),
    "price": ("price", "1.7"),
    "price below": ("price", "-0.1"),
    "79 digits": ("token_id", '"' + "9" * 79 + '"'),
    "hex token": ("token_id", '"0x12"'),
    "date": ("timestamp", '""'),
    "year 9999": ("timestamp", "253402300799"),
    "ISO date": ("timestamp", '"9999-12-31T23:59:59Z"'),
    "milliseconds": ("timestamp", "1780000000000"),
    "fraction": ("timestamp", "1780000000.5"),
    "bool": ("size", "true"),
    "list": ("size", "[1]"),
    "object": ("title", "{}"),
    "side": ("side", '"IN"'),
    "no side": ("side", '""'),
    "short wallet": ("proxy_wallet", '"0x12"'),
    "hash": ("transaction_hash", '"0xzz"'),
    "no hash": ("transaction_hash", '""'),
    "words": ("price", '"1/2"'),
    "huge digits": ("size", "9" * 5_000),
    "index": ("outcome_index", "-1"),
    "condition": ("condition_id", '"\'; drop table trade; --"'),
}


GOOD = 25


@pytest.fixture
def served() -> Iterator[Feed]:
    """Twenty-five good fills on two pages."""
    with feed() as found:
        for second in range(GOOD):
            found.fill(timestamp=FIRST + second)
        yield found


@dataclass
class Stored:
    """What one run over a wallet per case left behind."""

    wallets: dict[str, str]
    rows: dict[str, str]
    titles: dict[str, tuple[str, str]]
    picture: Picture


@pytest.fixture(scope="module")
def stored(postgres: EmbeddedPostgres) -> Iterator[Stored]:
    """Each case has a wallet with good fills and, in the middle of them, the bad one."""
    cases = {**CLEANED, **REFUSED}
    wallets = {case: f"0x{number:040x}" for number, case in enumerate(cases, 1)}
    rows = {}
    with feed() as served, fresh_store(postgres) as store:
        for number, (case, (field, text)) in enumerate(cases.items()):
            for second in range(GOOD):
                served.fill(proxy_wallet=wallets[case], timestamp=FIRST + second)
            served.raw(
                field,
                text,
                **{
                    "proxy_wallet": wallets[case],
                    "condition_id": f"0x{number:064x}",
                    "token_id": str(number),
                },
            )
            rows[case] = served.activity[-1][2]
            served.activity[-1] = (
                FIRST + 7,
                wallets[case],
                rows[case].replace(f'"timestamp": {FIRST}', f'"timestamp": {FIRST + 7}'),
            )
            rows[case] = served.activity[-1][2]
        sync(store, served.url, list(wallets.values()), ("trades",))
        with store.raw() as connection:
            found = connection.execute(
                "select address, question, o.name from trade join trader w on w.id = trader_id join "
                "outcome o on o.id = outcome_id join market m on m.id = o.market_id "
                "where slug <> '' and condition_id <> %s",
                ["0x" + "c" * 64],
            ).fetchall()
        yield Stored(wallets, rows, {row[0]: row[1:] for row in found}, picture(store))


@pytest.mark.parametrize("case", CLEANED)
def test_text_is_cleaned_and_the_row_kept(stored: Stored, case: str) -> None:
    wallet = stored.wallets[case]
    title, name = stored.titles[wallet]
    assert len(title) <= 1_000 and not set(title + name) & set("\0\u202e\u2066\ud800")
    assert sum(row[2] == wallet for row in stored.picture["trade"].elements()) == GOOD + 1
    assert not [row for row in stored.picture["quarantine"] if row[1] == wallet]


@pytest.mark.parametrize("case", REFUSED)
def test_the_row_is_quarantined_with_its_text(stored: Stored, case: str) -> None:
    wallet = stored.wallets[case]
    assert sum(row[2] == wallet for row in stored.picture["trade"].elements()) == GOOD, (
        "the page's good rows are stored"
    )
    [(source, _, reason, raw)] = [row for row in stored.picture["quarantine"] if row[1] == wallet]
    assert source == "trades" and REFUSED[case][0] in reason
    assert raw.decode() == stored.rows[case], "raw text as it came"
    [stream] = [row for row in stored.picture["stream"] if row[1] == wallet]
    assert stream[4] and stream[5] is None, "the walk completed"


def test_78_digits_are_a_token(store: Store, served: Feed) -> None:
    served.fill(token_id="9" * 78, timestamp=FIRST + 7)
    sync(store, served.url, [WALLET], ("trades",))
    assert "9" * 78 in {row[3] for row in picture(store)["trade"]}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("avg_price", "NaN"),
        ("current_size", "-1"),
        ("current_price", "1.7"),
        ("end_date", '"9999-12-31"'),
        ("end_date", '""'),
        ("title", r'"\u0000\ud800"'),
        ("realized_pnl", "1e400"),
        ("status", '"GONE"'),
        ("last_event_at", '"soon"'),
    ],
)
def test_positions(store: Store, served: Feed, field: str, text: str) -> None:
    for number in range(25):
        served.raw("token_id", f'"{number}"', POSITION, condition_id=f"0x{number:064x}")
    served.raw(field, text, POSITION)
    served.positions[-1] = (FIRST, WALLET, served.positions[-1][2])
    sync(store, served.url, [WALLET], ("positions",))
    found = picture(store)
    assert found["position"].total() + found["quarantine"].total() == 26
    assert found["quarantine"].total() == (0 if field in ("end_date", "title") else 1)


@pytest.mark.parametrize(
    "what",
    ["bad-nul", "bad-surrogate", "bad-empty-date", "bad-year9999", "bad-rtl", "bad-huge-title"],
)
def test_markets(store: Store, api: Simulator, what: str) -> None:
    rule = api.misbehaviour.add("/gamma/markets/keyset", what, nth=[1])
    settings, clock = here(api.url), FrozenClock()
    with Client(settings, LocalBudget(clock), clock) as client:
        ingest.sync_markets(store, client, settings)
    assert rule.fired == 1
    with store.raw() as connection:
        known, longest = connection.execute(
            "select count(*), max(length(question)) from market"
        ).fetchone()
    assert (
        known + picture(store)["quarantine"].total()
        >= len([m for m in api.world.markets if m.closed_at is None])
        > 0
    )
    assert longest <= 1_000


def test_a_body_that_is_no_json_or_nested_for_ever_ends_in_a_sentence(
    store: Store, served: Feed
) -> None:
    for body in ('{"data": [', "[" * 100_000, "", "null", "12"):
        served.rewrite = lambda _, body=body: body
        with pytest.raises(Exception, match=r"^[^\n]{20,500}$"):
            sync(store, served.url, [WALLET], ("trades",))
    served.rewrite = lambda body: body
    sync(store, served.url, [WALLET], ("trades",))
    assert picture(store)["trade"].total() == 25


def test_what_is_missing_is_what_is_in_quarantine(
    run: Run, api: Simulator, store: Store, clean: Picture
) -> None:
    api.misbehaviour.add("/data/v2/activity", "bad-negative", nth=[3])
    run(kinds=("trades",))
    found = picture(store)
    [(_, wallet, _, raw)] = found["quarantine"]
    [lost] = [row for table in ("trade", "activity") for row in clean[table] - found[table]]
    told = json.loads(raw)
    assert wallet == told["proxy_wallet"] and told["size"] == -5
    assert told["transaction_hash"] == "0x" + str(lost[-1]) and told["timestamp"] == lost[0]
