"""One row of somebody's dump: what kind it is, and the row as the API's second version would write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, NamedTuple

from polymarket_sim import ids
from polymarket_sim.recorded.dump.names import MARKS, is_missing, renamed
from polymarket_sim.recorded.fields import FIRST_SECOND, LARGEST, LAST_SECOND, Damage
from smartmoney.ids import TOKEN, TRANSACTION, is_address, is_condition
from smartmoney.units import MICRO

Row = dict[str, Any]
SIDES = {
    "buy": "BUY",
    "b": "BUY",
    "bought": "BUY",
    "bid": "BUY",
    "sell": "SELL",
    "s": "SELL",
    "sold": "SELL",
    "ask": "SELL",
}
FILL_WORDS = {"trade", "fill", "order", "trades"}
FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
POSITION_ONLY = {"avg_price", "current_price", "current_value", "realized_pnl", "redeemable"}
STATUSES = {"OPEN", "REDEEMABLE", "CLOSED"}
TEXTS = ("title", "slug", "event_slug", "outcome", "icon", "name", "pseudonym")
AMOUNTS = ("current_size", "total_size", "current_value")
RESULTS = ("avg_price", "current_price", "realized_pnl", "unrealized_pnl")
MILLISECONDS, MICROSECONDS = 10**11, 10**14
LARGEST_MOMENT = 10**18
UNNAMED = 999
"""The API's index where no outcome is named."""
MOST_OUTCOMES = 256
INDEX = re.compile(r"[0-9]{1,3}")
KIND = re.compile(r"[A-Z][A-Z0-9_ ]{2,59}")


class Entry(NamedTuple):
    """A row that was understood.

    Attributes:
        kind: activity, position, market or resolution.
        row: as the API writes it; a market's and a resolution's as it was given.
        made_up: what of it stands for something the row does not tell.
    """

    kind: str
    row: Row
    made_up: frozenset[str] = frozenset()


def entry(given: Any, wallet: str | None) -> Entry:
    """Understand one row; `wallet` is whose it is where it does not say.

    Raises:
        Damage: what the row lacks, or what in it cannot be read.
    """
    if isinstance(given, Damage):
        raise given
    if not isinstance(given, Mapping):
        raise Damage(f"it is a {type(given).__name__}, not an object")
    names = _names(tuple(map(str, given)))
    if "conditionid" in names and names & {"clobtokenids", "positionids"}:
        return Entry("market", {str(name): plain(value) for name, value in given.items()})
    if "conditionid" in names and not names & {"side", "type"} and "payout0" in names:
        return Entry("resolution", payouts_of_two(given))
    if "payouts" in names and "conditionid" in names and "status" in names:
        return Entry("resolution", {str(name): plain(value) for name, value in given.items()})
    row = renamed(given)
    if is_condition(str(row.get("title", "")).lower()) and "condition_id" not in row:
        row["condition_id"] = row.pop("title")
    kind = str(row.get("type", "")).strip()
    if kind.lower() in SIDES and "side" not in row:
        row["side"], kind = kind, "TRADE"
    if not kind and POSITION_ONLY & set(row) and "side" not in row:
        return _position(row, wallet)
    if "side" in row and kind.lower() in {*FILL_WORDS, ""}:
        return _fill(row, wallet)
    if not kind:
        raise Damage("it is no fill (no side), no activity (no type) and no position")
    return _activity(row, kind.upper(), wallet)


def payouts_of_two(given: Mapping[Any, Any]) -> Row:
    """A resolution of a plain table: a condition, and what a share of the first of two outcomes paid.

    Raises:
        Damage: it names no condition, or the payout is no share of a dollar.
    """
    row = {MARKS.sub("", str(name).lower()): value for name, value in given.items()}
    condition = _condition({"condition_id": row["conditionid"]})
    if not condition or is_missing(row["payout0"]):
        raise Damage("condition_id or payout0 is missing")
    first = round(Decimal(str(_number(row, "payout0", most=1))) * MICRO)
    return {"condition_id": condition, "status": "resolved", "payouts": [first, MICRO - first]}


@cache
def _names(head: tuple[str, ...]) -> frozenset[str]:
    """Names of a row in lower case without marks."""
    return frozenset(MARKS.sub("", name.lower()) for name in head)


def _activity(row: Row, kind: str, wallet: str | None) -> Entry:
    """A row of any type but TRADE."""
    if kind == "TRADE":
        raise Damage("side is missing")
    if not KIND.fullmatch(kind):
        raise Damage(f"type is {kind[:40]!r}, no type of the API")
    found, made_up = _common(row, wallet)
    amounts = {name: _number(row, name) if name in row else 0 for name in ("size", "usdc_size")}
    condition = _condition(row)
    if not condition and kind in {"SPLIT", "MERGE", "REDEEM", "CONVERSION"}:
        raise Damage(f"condition_id is missing on a {kind} row")
    return Entry(
        "activity",
        found
        | amounts
        | {
            "type": kind,
            "price": _number(row, "price", most=1) if "price" in row else 0,
            "side": "",
            "condition_id": condition,
            "transaction_hash": _transaction(row, found),
        },
        made_up,
    )


def _fill(row: Row, wallet: str | None) -> Entry:
    """A row of `/trades`, a TRADE of `/activity`, or a line of a plain table of fills."""
    side = SIDES.get(str(row["side"]).strip().lower())
    if side is None:
        raise Damage(f"side is {str(row['side'])[:40]!r}, neither buy nor sell")
    found, made_up = _common(row, wallet)
    size = _number(row, "size")
    cash = _number(row, "usdc_size") if "usdc_size" in row else None
    if "price" not in row and cash is not None and Decimal(str(size)) > 0:
        paid = Decimal(str(cash)) / Decimal(str(size))
        price = _number({"price": paid if paid > 1 else round(paid, 12)}, "price", most=1)
    else:
        price = _number(row, "price", most=1)
    condition = _condition(row)
    if not condition and not (found["title"] or found["slug"] or found["token_id"]):
        raise Damage("it names no market: no condition, title, slug or token")
    if not found["token_id"] and not found["outcome"] and found["outcome_index"] == UNNAMED:
        raise Damage("it names no outcome: no label, index or token")
    found |= {
        "type": "TRADE",
        "side": side,
        "size": size,
        "price": price,
        "condition_id": condition,
        "transaction_hash": _transaction(row, found | {"what": (side, size, price)}),
    }
    return Entry("activity", found | {"usdc_size": cash}, made_up)


def _position(row: Row, wallet: str | None) -> Entry:
    """A row of `/positions` or `/closed-positions`."""
    address, made_up = _wallet(row, wallet)
    token = _token(row, "token_id")
    if not token or not _condition(row):
        raise Damage("condition_id or token_id is missing")
    redeemable = _flag(row, "redeemable")
    given = str(row.get("status", "")).upper()
    held = row.get("current_size", row.get("size"))
    status = "OPEN" if held is not None else "CLOSED"
    status = "REDEEMABLE" if redeemable and status == "OPEN" else status
    numbers = {name: _number(row, name) for name in AMOUNTS if name in row}
    results = {name: _number(row, name, least=-LARGEST) for name in RESULTS if name in row}
    return Entry(
        "position",
        {name: str(row.get(name, "")) for name in (*TEXTS[:-1], "event_id", "opposite_outcome")}
        | {"realized_pnl": 0, "end_date": str(row.get("end_date", ""))[:10]}
        | numbers
        | results
        | {
            "proxy_wallet": address,
            "condition_id": _condition(row),
            "token_id": token,
            "opposite_token_id": _token(row, "opposite_token_id"),
            "outcome_index": _index(row),
            "current_size": 0 if held is None else _number({"size": held}, "size"),
            "status": given if given in STATUSES else status,
            "redeemable": redeemable,
            "mergeable": _flag(row, "mergeable"),
            "negative_risk": _flag(row, "negative_risk"),
        }
        | _last_event(row),
        made_up,
    )


def _last_event(row: Row) -> Row:
    name = next((name for name in ("last_event_at", "timestamp") if name in row), None)
    return {} if name is None else {"last_event_at": _second(row, name)[0]}


def _common(row: Row, wallet: str | None) -> tuple[Row, frozenset[str]]:
    """What every row of a history has, and what of it is made up."""
    address, made_up = _wallet(row, wallet)
    second, zoned = _second(row, "timestamp")
    found: Row = {name: str(row.get(name, "")).strip() for name in TEXTS}
    if {found[name] for name in ("title", "slug", "event_slug")} == {"0"}:
        found |= dict.fromkeys(
            ("title", "slug", "event_slug"), ""
        )  # the venue did not know them yet
    if "wallet" in made_up:
        found["name"] = found["name"] or str(row["proxy_wallet"])
    found |= {
        "proxy_wallet": address,
        "timestamp": second,
        "token_id": _token(row, "token_id"),
        "outcome_index": _index(row),
    }
    if _flag(row, "is_combo"):
        found["is_combo"] = True
    return found, made_up if zoned else made_up | {"zone"}


def _wallet(row: Row, wallet: str | None) -> tuple[str, frozenset[str]]:
    """Whose row it is; somebody who is named otherwise than by an address gets one made up from the name."""
    given = str(row.get("proxy_wallet", wallet or "")).strip()
    if not given:
        raise Damage("the wallet is missing")
    if is_address(given.lower()):
        return given.lower(), frozenset()
    if given.lower().startswith("0x"):
        raise Damage(f"the wallet is {given[:60]!r}, no address of 0x and 40 hexadecimal digits")
    return ids.address("recorded", given), frozenset({"wallet"})


def _second(row: Row, name: str) -> tuple[int, bool]:
    """A moment as Unix seconds, and whether it left no doubt about its zone."""
    value = row.get(name)
    if value is None:
        raise Damage(f"{name} is missing")
    at, zoned = _moment(value)
    if at is None or not FIRST_SECOND <= at < LAST_SECOND:
        raise Damage(
            f"{name} is {str(value)[:40]!r}, neither Unix seconds since 2020 nor a time like 2026-01-31 23:59:59"
        )
    return at, zoned


def _moment(value: Any) -> tuple[int | None, bool]:
    if not isinstance(value, datetime):
        text = str(value).strip()
        try:
            number = Decimal(text)
        except InvalidOperation:
            try:
                value = datetime.fromisoformat(text.removesuffix(" UTC"))
            except ValueError:
                return None, True
            zoned = text.endswith(" UTC") or value.tzinfo is not None
            return int(value.replace(tzinfo=value.tzinfo or UTC).timestamp()), zoned
        if not number.is_finite() or not 0 <= number <= LARGEST_MOMENT:
            return None, True
        units = 1_000_000 if number > MICROSECONDS else 1_000 if number > MILLISECONDS else 1
        return int(number) // units, True
    return int(value.replace(tzinfo=value.tzinfo or UTC).timestamp()), value.tzinfo is not None


def _number(row: Row, name: str, least: int = 0, most: int = LARGEST) -> Any:
    """A number within its bounds, as JSON has it."""
    value = row.get(name)
    if value is None or isinstance(value, bool):
        raise Damage(f"{name} is missing")
    text = str(value).strip()
    if isinstance(value, str):
        text = text.removeprefix("$").replace(",", "") if "." in text else text.removeprefix("$")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Damage(f"{name} is {text[:40]!r}, not a number") from None
    if not number.is_finite() or not least <= number <= most:
        raise Damage(f"{name} is {text[:40]!r}, not a number from {least:,} to {most:,}")
    return int(number) if number == int(number) else float(number)


def _condition(row: Row) -> str:
    """The condition a row names, "" where it names none."""
    value = str(row.get("condition_id", "")).strip().lower()
    if value and not is_condition(value):
        raise Damage(f"condition_id is {value[:80]!r}, not 0x and 64 hexadecimal digits")
    return value


def _token(row: Row, name: str) -> str:
    value = str(row.get(name, "")).strip()
    if value and not TOKEN.fullmatch(value):
        raise Damage(f"{name} is {value[:80]!r}, no whole number; a workbook may have rounded it")
    return "" if value == "0" else value


def _index(row: Row) -> int:
    """Index of the outcome, `UNNAMED` where it is not told."""
    value = str(row.get("outcome_index", UNNAMED)).strip().removesuffix(".0")
    if value == str(UNNAMED) or (INDEX.fullmatch(value) and int(value) < MOST_OUTCOMES):
        return int(value)
    raise Damage(f"outcome_index is {value[:40]!r}, neither an index nor {UNNAMED}")


def _flag(row: Row, name: str) -> bool:
    value = str(row.get(name, "false")).strip().lower().removesuffix(".0")
    if value not in FLAGS:
        raise Damage(f"{name} is {value[:40]!r}, neither true nor false")
    return FLAGS[value]


def _transaction(row: Row, found: Row) -> str:
    """The hash of the row's transaction, or else one that depends on all the row says."""
    value = str(row.get("transaction_hash", "")).strip().lower()
    if not value:
        return ids.digest("recorded", sorted((name, str(each)) for name, each in found.items()))
    if not TRANSACTION.fullmatch(value):
        raise Damage(f"transaction_hash is {value[:80]!r}, not 0x and 64 hexadecimal digits")
    return value


def plain(value: Any) -> Any:
    """A value of a Parquet file as JSON has it."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value.isoformat() if isinstance(value, datetime) else str(value)
