"""Set `midterms2022`: complete trade histories of the markets on the United States elections of 2022.

The markets were automated market makers (FPMM): every trade is one wallet against the pool, without fees.
The set has neither condition ids nor transaction hashes, so these are derived: a question id is the keccak
of the market maker's address, condition and token ids follow from it as on chain, a transaction hash
depends on everything a row says. Rows that repeat each other exactly are real fills; they share a hash and
differ only in their occurrence.
"""

from __future__ import annotations

import re
from pathlib import Path

from polymarket_sim import ids
from polymarket_sim.generation.catalogue import TAGS
from polymarket_sim.model import EventInfo, MarketInfo, Side, TraderInfo
from polymarket_sim.recorded import fields
from polymarket_sim.recorded.fields import Damage, Row
from polymarket_sim.recorded.recording import Recorded, Recording
from smartmoney.units import MICRO, PICO

TRADES, MARKETS = "trades.parquet", "markets.csv"
TRADE_COLUMNS = (
    "market_short_name",
    "csv_row",
    "Timestamp",
    "Account",
    "Type",
    "Outcome",
    "Amount",
    "Shares",
    "Price",
)
MARKET_COLUMNS = ("market_full_name", "market_short_name", "link_to_table", "resolution")
PAIRS = (("Democrat", "Republican"), ("Democratic", "Republican"), ("Yes", "No"))
INDEX = {pair[index]: index for pair in PAIRS for index in (0, 1)}
SIDES = {"Buy": Side.BUY, "Sell": Side.SELL}
PAYOUTS = {"1": (MICRO, 0), "0": (0, MICRO), "ongoing": None}
LINK = re.compile(r".*[?&]market=(0x[0-9a-fA-F]{40})", re.DOTALL)
DISPLAY_NAME = re.compile(r"(?!0x)[A-Za-z][\w.-]{2,39}")


def load(folder: Path) -> Recording:
    """Read the set; RecordingError names the file, the row and the remedy when a part is missing or damaged.

    A market resolves one second after its last trade, the earliest moment the set allows: it does not tell
    when.
    """
    recording = Recording()
    by_name = dict(
        fields.each(
            folder / MARKETS, fields.comma_separated(folder / MARKETS, MARKET_COLUMNS), _market
        )
    )
    seen: set[tuple[str, int]] = set()
    labels: dict[str, set[str]] = {name: set() for name in by_name}

    def read(row: Row) -> Recorded:
        name = fields.choice(row, "market_short_name", {name: name for name in by_name})
        if (name, number := row["csv_row"]) in seen or number is None:
            raise Damage(
                f"csv_row of {name} is {'missing' if number is None else f'{number} once more'}"
            )
        seen.add((name, number))
        trade = _trade(row, by_name[name].condition_id, _wallet(recording, row))
        labels[name].add(row["Outcome"])
        by_name[name].outcomes = _pair(labels[name])
        return trade

    rows = fields.each(folder / TRADES, fields.parquet(folder / TRADES, TRADE_COLUMNS), read)
    recording.rows = sorted(reversed(rows), key=lambda row: row.ts)
    for market in by_name.values():
        _add(recording, market, [row.ts for row in rows if row.condition_id == market.condition_id])
    return recording


def _pair(labels: set[str]) -> tuple[str, str]:
    """The outcomes of a market of which these labels were seen."""
    for pair in PAIRS:
        if labels <= set(pair):
            return pair
    raise Damage(
        f"Outcome does not fit the other rows of its market, which say {', '.join(sorted(labels))}"
    )


def _trade(row: Row, condition_id: str, wallet: str) -> Recorded:
    cash, size = fields.micro(row, "Amount"), fields.micro(row, "Shares")
    price = fields.pico(row, "Price") if row["Price"] is not None else 0
    return Recorded(
        ts=fields.moment(row, "Timestamp", "%Y-%m-%d %H:%M:%S"),
        wallet=wallet,
        tx_hash=ids.digest(
            "midterms2022", *(row[name] for name in TRADE_COLUMNS if name != "csv_row")
        ),
        cash_micro=cash,
        size_micro=size,
        condition_id=condition_id,
        outcome=fields.choice(row, "Outcome", INDEX),
        side=fields.choice(row, "Type", SIDES),
        price_pico=(cash * PICO + size // 2) // size if size else price,
    )


def _wallet(recording: Recording, row: Row) -> str:
    """Address of the row's account, which the source replaced by a display name where the wallet had one."""
    account = fields.text(row, "Account")
    name = account if DISPLAY_NAME.fullmatch(account) else ""
    wallet = ids.address("midterms2022", name) if name else fields.address(row, "Account")
    recording.traders.setdefault(wallet, TraderInfo(address=wallet, name=name, kind="recorded"))
    return wallet


def _market(row: Row) -> tuple[str, MarketInfo]:
    """A market's short name and what is known before its trades were read."""
    link = fields.text(row, "link_to_table")
    found = LINK.match(link)
    if found is None:
        raise Damage(f"link_to_table is {link!r}, without the address of a market maker")
    question_id = "0x" + ids.keccak(bytes.fromhex(found[1][2:])).hex()
    condition_id = ids.condition_id(question_id)
    name, title = fields.text(row, "market_short_name"), fields.text(row, "market_full_name")
    market = MarketInfo(
        gamma_id="",
        condition_id=condition_id,
        question_id=question_id,
        event=0,
        slug=name.replace("_", "-"),
        question=title,
        description=title,
        outcomes=("", ""),
        token_ids=ids.token_ids(condition_id, False),
        payouts=fields.choice(row, "resolution", PAYOUTS),
    )
    return name, market


def _add(recording: Recording, market: MarketInfo, times: list[int]) -> None:
    if not times:
        return
    market.open_at, market.end_at = min(times), max(times) + 1
    if market.payouts is not None:
        market.closed_at = market.resolved_at = market.end_at
    tags = (TAGS["Politics"], TAGS["Elections"])
    event = EventInfo(
        "", market.slug, market.question, "politics", tags, False, "", market.open_at, market.end_at
    )
    recording.add(market, event)
