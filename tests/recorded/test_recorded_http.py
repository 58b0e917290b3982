"""Recordings through the wire: asked of the running server in the API's own words, then reckoned exactly."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from polymarket_sim.server import running
from polymarket_sim.world import World

pytestmark = pytest.mark.shared
Token = tuple[str, int]
Json = dict[str, Any]
CENT = Decimal("0.01")
WALLET_0XEE50 = "0xee50a31c3f5a7c77824b12a941a54388a2827ed6"
WALLET_0X4F34 = "0x4f3456c5b05b14d8afc40e0299d6d68de0ff7d7e"
EVERYTHING = {"taker_only": "false", "filter_amount": "0", "start": "1"}


@dataclass
class Api:
    """A plain client of a running simulator; numbers come as Decimal, lists with all their pages."""

    http: httpx.Client
    data: str
    gamma: str
    asked: int = 0

    def get(self, url: str, **params: str) -> Any:
        """One reply, exact."""
        self.asked += 1
        answer = self.http.get(url, params=params)
        assert answer.status_code == 200, f"{answer.url}: {answer.status_code} {answer.text[:200]}"
        return json.loads(answer.text, parse_float=Decimal, parse_int=Decimal)

    def pages(self, route: str, **params: str) -> list[Json]:
        """All rows of a v2 list, by cursor."""
        rows, cursor = [], None
        while True:
            page = self.get(self.data + route, **params, **({"cursor": cursor} if cursor else {}))
            rows += page["data"]
            cursor = page["pagination"]["next_cursor"]
            if cursor is None:
                return rows

    @cached_property
    def markets(self) -> dict[str, Json]:
        """Every gamma market by condition id, closed ones too, with outcomes and prices decoded."""
        found = {}
        for closed in ("false", "true"):
            cursor: dict[str, str] = {}
            while True:
                page = self.get(
                    f"{self.gamma}/markets/keyset", closed=closed, limit="100", **cursor
                )
                found |= {market["conditionId"]: market for market in page["markets"]}
                if "next_cursor" not in page:
                    break
                cursor = {"after_cursor": page["next_cursor"]}
        return found

    def payouts(self, condition_id: str) -> list[Decimal] | None:
        """What a market paid per share, None while it is not resolved."""
        rows = self.get(f"{self.data}/v2/resolutions", condition=condition_id)["data"]
        if not rows or rows[0]["status"] != "resolved":
            return None
        if "price" in rows[0]:
            first = Decimal(rows[0]["price"]) / 10**18
            return [first, 1 - first]
        return [Decimal(value) / 10**6 for value in rows[0]["payouts"]]


@dataclass
class Purse:
    """What one wallet's trades come to: cash so far, shares by token, and its deepest shortage."""

    cash: Decimal = Decimal(0)
    shares: dict[Token, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    most_short: Decimal = Decimal(0)

    def book(self, row: Json) -> None:
        """Book one TRADE row of v2 activity."""
        sign, token = (
            (1 if row["side"] == "BUY" else -1),
            (row["condition_id"], int(row["outcome_index"])),
        )
        self.cash -= sign * row["usdc_size"]
        self.shares[token] += sign * row["size"]
        self.most_short = max(self.most_short, -self.shares[token])

    @property
    def short(self) -> Decimal:
        """The most it is short of any token now."""
        return max(-size for size in self.shares.values())

    def settled(self, payouts: dict[str, list[Decimal] | None]) -> Decimal:
        """Cash with everything held paid out."""
        return self.cash + sum(
            size * paid[o] for (c, o), size in self.shares.items() if (paid := payouts[c])
        )


Served = Callable[[str], Api]


@pytest.fixture(scope="module")
def served(world_of: Callable[[str], World]) -> Iterator[Served]:
    """Starts a server for a set's world when it is first asked for; all stop with the module."""
    with ExitStack() as stack:
        known: dict[str, Api] = {}

        def serve(name: str) -> Api:
            if name not in known:
                server = stack.enter_context(running(world_of(name), live=False))
                http = stack.enter_context(httpx.Client(timeout=30, trust_env=False))
                known[name] = Api(http, server.data_url, server.gamma_url)
            return known[name]

        yield serve


@pytest.fixture(scope="module")
def activity(served: Served) -> dict[str, list[Json]]:
    """Activity of every wallet seen on the tapes of the midterms' markets, oldest first."""
    api = served("midterms2022")
    wallets = {row["proxy_wallet"] for condition in api.markets for row in tape(api, condition)}
    return {
        wallet: api.pages("/v2/activity", user=wallet, start="1", limit="500")[::-1]
        for wallet in sorted(wallets)
    }


def tape(api: Api, condition: str) -> list[Json]:
    """All trades of a market."""
    return api.pages(
        "/v2/trades", condition=condition, limit="1000", taker_only="false", filter_amount="0"
    )


def test_midterms_counts_and_volumes_are_the_published_ones(served: Served, data: Path) -> None:
    api, checked = served("midterms2022"), 0
    by_slug = {market["slug"]: condition for condition, market in api.markets.items()}
    assert len(by_slug) == 26
    with (data / "midterms2022" / "published_table.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        for row in csv.DictReader(lines):
            rows = tape(api, by_slug[row["short_name"].replace("_", "-")])
            volume = sum(trade["size"] * trade["price"] for trade in rows)
            assert len(rows) == int(row["Number of Trades"].replace(",", ""))
            assert float(volume) == pytest.approx(
                float(row["Volume (USD)"].replace(",", "")), rel=2e-7
            )
            checked += 1
    assert checked == 24


def test_midterms_activity_holds_every_trade_of_every_wallet(
    activity: dict[str, list[Json]], data: Path
) -> None:
    recorded = pq.read_table(data / "midterms2022" / "trades.parquet").to_pylist()
    assert len(activity) == 1_402
    assert sum(map(len, activity.values())) == 14_392 == len(recorded)
    served_cash = sum(row["usdc_size"] for rows in activity.values() for row in rows)
    assert served_cash == sum(Decimal(str(row["Amount"])) for row in recorded)
    for row in recorded:
        assert row["Account"] in activity or row["Account"] == "redKollantai"


def test_midterms_repeated_fills_come_through_as_often_as_they_happened(
    activity: dict[str, list[Json]],
) -> None:
    rows = [
        tuple(sorted((key, str(value)) for key, value in row.items()))
        for mine in activity.values()
        for row in mine
    ]
    assert len(rows) - len(set(rows)) == 69


def test_midterms_pnl_of_the_clean_wallets(served: Served, activity: dict[str, list[Json]]) -> None:
    api = served("midterms2022")
    payouts = {condition: api.payouts(condition) for condition in api.markets}
    assert sum(paid is None for paid in payouts.values()) == 1
    purses: dict[str, Purse] = defaultdict(Purse)
    for wallet, rows in activity.items():
        for row in rows:
            if payouts[row["condition_id"]] is not None:
                purses[wallet].book(row)
    clean = {wallet: purse.settled(payouts) for wallet, purse in purses.items() if purse.short <= 1}
    assert (len(purses), len(clean)) == (1_397, 1_292)
    assert sum(clean.values()).quantize(CENT) == Decimal("-45991.60")
    assert sum(pnl > 0 for pnl in clean.values()) == 376, (
        "the README's 377 counts a float residue above exactly zero"
    )
    best, worst = max(clean, key=clean.__getitem__), min(clean, key=clean.__getitem__)
    assert (best[:6], best[-4:], clean[best].quantize(CENT)) == (
        "0xc3b1",
        "a9f3",
        Decimal("169101.19"),
    )
    assert (worst[:6], worst[-4:], clean[worst].quantize(CENT)) == (
        "0x2732",
        "2c8c",
        Decimal("-109969.42"),
    )


def test_midterms_positions_never_go_below_zero(
    served: Served, activity: dict[str, list[Json]]
) -> None:
    api = served("midterms2022")
    sold_unheld = [wallet for wallet, rows in activity.items() if _most_short(rows) > 1]
    assert len(sold_unheld) >= 105
    for wallet in sold_unheld[:40]:
        for row in api.get(f"{api.data}/positions", user=wallet, sizeThreshold="0", limit="500"):
            assert row["size"] > 0 and row["initialValue"] >= 0


def _most_short(rows: list[Json]) -> Decimal:
    purse = Purse()
    for row in rows:
        purse.book(row)
    return purse.most_short


def test_0xee50_held_to_resolution(served: Served) -> None:
    api = served("wallet_0xee50")
    rows = api.pages("/v2/trades", user=WALLET_0XEE50, limit="1000", **EVERYTHING)
    assert len(rows) == 3_500
    cash: dict[Token, Decimal] = defaultdict(Decimal)
    shares: dict[Token, Decimal] = defaultdict(Decimal)
    for row in rows:
        sign, token = (
            (1 if row["side"] == "BUY" else -1),
            (row["condition_id"], int(row["outcome_index"])),
        )
        cash[token] -= sign * row["size"] * row["price"]
        shares[token] += sign * row["size"]
    payouts = {condition: api.payouts(condition) for condition, _ in cash}
    assert None not in payouts.values()
    pnl = {(c, o): value + shares[c, o] * payouts[c][o] for (c, o), value in cash.items()}
    gains, losses = (sum(value for value in pnl.values() if value * sign > 0) for sign in (1, -1))
    assert sum(pnl.values()).quantize(CENT) == Decimal("1169077.69")
    assert (sum(value > 0 for value in pnl.values()), len(pnl)) == (48, 60)
    assert (gains.quantize(CENT), losses.quantize(CENT)) == (
        Decimal("1325609.03"),
        Decimal("-156531.34"),
    )
    assert (gains / -losses).quantize(Decimal("0.0001")) == Decimal("8.4686")
    by_market: dict[str, Decimal] = defaultdict(Decimal)
    for (condition, _), value in pnl.items():
        by_market[condition] += value
    assert (sum(value > 0 for value in by_market.values()), len(by_market)) == (47, 59)


def test_0xee50_rows_are_served_as_they_were_recorded(served: Served, data: Path) -> None:
    api = served("wallet_0xee50")
    recorded = pq.read_table(data / "wallet_0xee50" / "trades.parquet").to_pylist()
    for row in recorded:
        row |= {
            name: Decimal(repr(row[name]))
            for name in ("size", "price", "timestamp", "outcomeIndex")
        }
    given: list[Json] = []
    for offset in ("0", "1000", "2000", "3000"):
        page = {"user": WALLET_0XEE50, "takerOnly": "false", "limit": "1000", "offset": offset}
        given += api.get(f"{api.data}/trades", **page)
    assert sorted(map(_plain, given)) == sorted(map(_plain, recorded))
    assert [row["timestamp"] for row in given] == [row["timestamp"] for row in recorded]


def test_0xee50_shows_the_position_that_no_trade_explains(served: Served, data: Path) -> None:
    api = served("wallet_0xee50")
    (recorded,) = json.loads(
        (data / "wallet_0xee50" / "closed_positions.json").read_text(), parse_float=Decimal
    )
    rows = api.get(f"{api.data}/positions", user=WALLET_0XEE50, sizeThreshold="0", limit="500")
    (mine,) = [row for row in rows if row["asset"] == recorded["asset"]]
    same = recorded.keys() - {"percentPnl"}
    assert {name: mine[name] for name in same} == {name: recorded[name] for name in same}
    trades = api.pages(
        "/v2/trades", user=WALLET_0XEE50, condition=recorded["conditionId"], **EVERYTHING
    )
    assert trades == []


def test_0x4f34_redemptions_are_exact(served: Served) -> None:
    api = served("wallet_0x4f34")
    rows = api.get(
        f"{api.data}/activity", user=WALLET_0X4F34, start="1", limit="500", sortDirection="ASC"
    )
    assert len(rows) == 500
    markets: dict[str, list[Json]] = defaultdict(list)
    for row in rows:
        markets[row["conditionId"]].append(row)
    pnl, paying, lost = Decimal(0), 0, 0
    for mine in markets.values():
        trades = [row for row in mine if row["type"] == "TRADE"]
        redeems = [row for row in mine if row["type"] == "REDEEM"]
        if not trades or not redeems:
            continue
        paid = sum(row["usdcSize"] for row in redeems)
        bought = {
            sum(row["size"] for row in trades if row["outcomeIndex"] == index) for index in (0, 1)
        }
        assert paid == 0 or paid in bought
        paying, lost = paying + (paid > 0), lost + (paid == 0)
        pnl += paid - sum(row["usdcSize"] for row in trades)
    assert (paying, lost, pnl) == (92, 78, Decimal("-1.344957"))


def test_0x4f34_rows_are_served_as_they_were_recorded(served: Served, data: Path) -> None:
    api = served("wallet_0x4f34")
    raw = (data / "wallet_0x4f34" / "onchain_activity.json").read_text(encoding="utf-8")
    rows = api.get(f"{api.data}/activity", user=WALLET_0X4F34, start="1", limit="500")
    plain = [_plain(row) for row in json.loads(raw, parse_float=Decimal, parse_int=Decimal)]
    assert sorted(map(_plain, rows)) == sorted(plain)


def _plain(row: Json) -> tuple[str, ...]:
    """A row as text, amounts at six decimals and prices at twelve, as far as the API writes them."""
    digits = {"price": 12, "size": 6, "usdcSize": 6}
    return tuple(
        f"{name}={round(value, digits[name]).normalize():f}"
        if name in digits
        else f"{name}={value}"
        for name, value in sorted(row.items())
    )


def test_0x4f34_fees_are_of_unknown_rate_not_absent(served: Served) -> None:
    markets = served("wallet_0x4f34").markets.values()
    assert {market["feeType"] for market in markets} == {"crypto_fees"}
    assert not any("feeSchedule" in market for market in markets)
    assert {market["feeType"] for market in served("midterms2022").markets.values()} == {None}


def test_0x4f34_positions_close_with_what_was_paid(served: Served) -> None:
    api = served("wallet_0x4f34")
    closed = api.pages("/v2/positions", user=WALLET_0X4F34, status="CLOSED", limit="1000")
    rows = api.get(f"{api.data}/activity", user=WALLET_0X4F34, start="1", limit="500")
    fees = sum(
        row["usdcSize"] - row["size"] * row["price"] for row in rows if row["type"] == "TRADE"
    )
    still = api.pages(
        "/v2/positions", user=WALLET_0X4F34, status="OPEN", filter_amount="0", limit="1000"
    )
    open_markets = {row["condition_id"] for row in still}
    open_fees = sum(
        row["usdcSize"] - row["size"] * row["price"]
        for row in rows
        if row["type"] == "TRADE" and row["conditionId"] in open_markets
    )
    realized = sum(row["realized_pnl"] for row in closed)
    assert len(open_markets) == 19
    assert realized - (fees - open_fees) == pytest.approx(
        Decimal("-1.344957"), abs=len(closed) * Decimal("0.0001")
    )


def test_the_command_serves_a_recording_or_says_what_is_wrong(data: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "polymarket_sim", "--recording"]
    refused = subprocess.run([*command, tmp_path], capture_output=True, text=True, timeout=60)
    assert refused.returncode != 0 and "holds no fill, activity or position" in refused.stderr
    assert "Traceback" not in refused.stderr
    process = subprocess.Popen(
        [*command, data / "wallet_0x4f34"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        with httpx.Client(timeout=30, trust_env=False) as http:
            rows = http.get(
                f"{url}/data/activity", params={"user": WALLET_0X4F34, "start": "1", "limit": "500"}
            ).json()
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert len(rows) == 500


def test_0xee50_positions_agree_with_the_trades_token_by_token(served: Served) -> None:
    """Two tokens were sold before any recorded purchase: there the position knows less than the cash."""
    api = served("wallet_0xee50")
    purses: dict[Token, Purse] = defaultdict(Purse)
    for row in api.pages(
        "/v2/activity", user=WALLET_0XEE50, start="1", limit="1000", sort_direction="ASC"
    ):
        purses[row["condition_id"], int(row["outcome_index"])].book(row)
    payouts = {condition: api.payouts(condition) for condition, _ in purses}
    asked = {"user": WALLET_0XEE50, "filter_amount": "0", "limit": "1000"}
    rows = [
        row
        for status in ("OPEN", "CLOSED")
        for row in api.pages("/v2/positions", status=status, **asked)
    ]
    shown = {(row["condition_id"], int(row["outcome_index"])): row["total_pnl"] for row in rows}
    assert [shown.pop(token) for token in shown.keys() - purses.keys()] == [Decimal("-11852.7502")]
    assert shown.keys() == purses.keys()
    short = {token for token, purse in purses.items() if purse.most_short > 0}
    assert len(short) == 2
    for token in shown.keys() - short:
        assert shown[token] == pytest.approx(purses[token].settled(payouts), abs=Decimal("0.001"))
