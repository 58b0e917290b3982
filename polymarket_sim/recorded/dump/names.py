"""What people and both versions of the API call the fields of a row, under the names of the second version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "proxy_wallet": (
        "proxywallet",
        "wallet",
        "walletaddress",
        "address",
        "user",
        "useraddress",
        "trader",
        "account",
        "makeraddress",
        "owner",
    ),
    "timestamp": (
        "timestamp",
        "time",
        "ts",
        "datetime",
        "date",
        "createdat",
        "tradetime",
        "blocktime",
        "blocktimestamp",
        "matchtime",
        "executedat",
    ),
    "condition_id": ("conditionid", "condition"),
    "token_id": ("tokenid", "asset", "assetid", "token", "positionid"),
    "outcome_index": ("outcomeindex",),
    "outcome": ("outcome", "outcomename", "position"),
    "side": ("side", "direction", "action", "buysell", "tradeside"),
    "type": ("type", "activitytype", "kind"),
    "size": ("size", "shares", "quantity", "qty", "contracts", "numshares", "amount"),
    "price": ("price", "avgfillprice", "fillprice", "tradeprice", "priceusd", "pricepershare"),
    "usdc_size": (
        "usdcsize",
        "usdc",
        "usdcamount",
        "cash",
        "notional",
        "amountusd",
        "usdamount",
        "usd",
        "cost",
        "value",
        "total",
        "amount",
    ),
    "transaction_hash": ("transactionhash", "txhash", "hash", "tx", "transaction"),
    "title": ("title", "question", "market", "markettitle", "marketname", "marketquestion"),
    "slug": ("slug", "marketslug"),
    "event_slug": ("eventslug",),
    "icon": ("icon",),
    "name": ("name", "username"),
    "pseudonym": ("pseudonym",),
    "is_combo": ("iscombo",),
    "current_size": ("currentsize",),
    "avg_price": ("avgprice", "averageprice"),
    "current_price": ("currentprice", "curprice", "currprice"),
    "current_value": ("currentvalue",),
    "total_size": ("totalsize", "totalbought"),
    "realized_pnl": ("realizedpnl",),
    "unrealized_pnl": ("unrealizedpnl", "cashpnl"),
    "status": ("status",),
    "redeemable": ("redeemable",),
    "mergeable": ("mergeable",),
    "negative_risk": ("negativerisk", "negrisk"),
    "event_id": ("eventid",),
    "opposite_outcome": ("oppositeoutcome",),
    "opposite_token_id": ("oppositetokenid", "oppositeasset"),
    "end_date": ("enddate",),
    "last_event_at": ("lasteventat",),
    "first_entry_at": ("firstentryat",),
}
"""Name of a field, and its spellings in lower case without marks, the surest first.

A spelling of two fields is the first's, unless that has a surer one: `amount` are dollars beside `shares`, else shares.
"""
MARKS = re.compile(r"[^a-z0-9]")
MISSING = ("", "nan", "null")


def renamed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The known fields of a row under the names of the API's second version; empty ones are left out."""
    given = ((name, row[own]) for own, name in _known(tuple(map(str, row))))
    return {name: value for name, value in given if not is_missing(value)}


@cache
def _known(head: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Those names of a row that are known, each with the name it has here."""
    given = {MARKS.sub("", name.lower()): name for name in head}
    found: dict[str, str] = {}
    for name, spellings in SPELLINGS.items():
        free = (each for each in spellings if each in given and each not in found)
        if (own := next(free, None)) is not None:
            found[own] = name
    return tuple((given[own], name) for own, name in found.items())


def is_missing(value: object) -> bool:
    """Nothing, an empty text, or what tables write for nothing."""
    return value is None or value != value or (isinstance(value, str) and value.lower() in MISSING)
