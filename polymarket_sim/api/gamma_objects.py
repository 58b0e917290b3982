"""Gamma's market, event, tag and profile objects: keys without a
value are left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np

from polymarket_sim.accounts import quotes
from polymarket_sim.accounts.pnl import marks_at
from polymarket_sim.accounts.served import Served
from polymarket_sim.api.gamma_parts import iso, series, tag
from polymarket_sim.model import EventInfo, MarketInfo
from polymarket_sim.protocol.wire import Num, micro, pico
from smartmoney.units import DAY_SECONDS

FEE_TYPES = {"crypto": "crypto_fees_v2", "sports": "sports_fees_v2"}
ORACLE = "0x65070BE91477460D8A7AeEb94ef92fe056C2f2A7"
USDC = "0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174"
QUICK = "-updown-5m-"


def prices(served: Served, number: int) -> list[str]:
    """Prices of both outcomes as gamma writes them, in text."""
    return [str(micro(int(served.marks[2 * number + outcome]))) for outcome in (0, 1)]


def market(served: Served, number: int, tags: bool = False, events: bool = True) -> dict[str, Any]:
    """A market object; `events` adds the stub of its event, `tags` its tags."""
    info = served.world.markets[number]
    family = served.world.events[info.event]
    found = (
        _identity(info)
        | _state(served, number, info, family)
        | _volume(served, number)
        | _fees(info, family)
    )
    found |= _quote(served, number) | (
        {} if info.closed_at is None else {"automaticallyResolved": True}
    )
    if family.neg_risk:
        found |= {
            "negRiskMarketID": family.neg_risk_market_id,
            "negRiskRequestID": info.question_id,
        }
    found |= _timed(info, family) | rewards(info, number)
    if events:
        found["events"] = [event(served, info.event, children=False)]
    if tags:
        found["tags"] = [tag(item) for item in family.tags]
    return found


def _identity(info: MarketInfo) -> dict[str, Any]:
    found = {
        "id": info.gamma_id,
        "question": info.question,
        "conditionId": info.condition_id,
        "slug": info.slug,
        "resolutionSource": "",
        "endDate": iso(info.end_at),
        "startDate": iso(info.open_at, 882_000),
        "description": info.description,
        "outcomes": json.dumps(info.outcomes, ensure_ascii=False),
        "marketMakerAddress": "",
        "createdAt": iso(info.created_at, 762_151),
        "questionID": info.question_id,
        "endDateIso": iso(info.end_at)[:10],
        "startDateIso": iso(info.open_at)[:10],
        "submitted_by": "0x91430CaD2d3975766499717fA0D66A78D814E5c5",
        "resolvedBy": ORACLE,
        "orderMinSize": 5,
        "acceptingOrdersTimestamp": iso(info.open_at - 60),
        "umaBond": "500",
        "umaReward": "5",
        "groupItemTitle": info.group_item_title,
        "groupItemThreshold": "0",
    }
    found |= _tokens(info)
    return found | ({"image": info.icon, "icon": info.icon} if info.icon else {})


def _tokens(info: MarketInfo) -> dict[str, Any]:
    """Token ids: text of an array, or for a Protocol V2 market a real array under another name."""
    if info.version == "v2":
        status = {"resolutionStatus": "resolved"} if info.payouts else {}
        return {"positionIds": list(info.token_ids)} | status
    return {"clobTokenIds": json.dumps(info.token_ids)}


def _timed(info: MarketInfo, family: EventInfo) -> dict[str, Any]:
    """When the match or the five minutes begin, of the markets that have such a time."""
    if QUICK in info.slug:
        return {"eventStartTime": iso(info.end_at - 300), "makerRebatesFeeShareBps": 10_000}
    if family.category == "sports":
        return {"gameStartTime": iso(info.end_at - 7_200).replace("T", " ").replace("Z", "+00")}
    return {}


def rewards(info: MarketInfo, number: int) -> dict[str, Any]:
    """Programmes that pay makers, on every third market that still trades; empty on the others."""
    if number % 3 or info.closed_at is not None:
        return {}
    return {
        "clobRewards": [
            {
                "id": str(50_000 + number),
                "conditionId": info.condition_id,
                "assetAddress": USDC,
                "rewardsAmount": 0,
                "rewardsDailyRate": 5,
                "startDate": iso(info.open_at)[:10],
                "endDate": "2500-12-31",
            }
        ]
    }


def _extras(served: Served, info: EventInfo) -> dict[str, Any]:
    """What only some events have: a series, an election, a text made for the page."""
    found: dict[str, Any] = {}
    if QUICK in info.slug:
        family = series(served, info.slug)
        found |= {
            "series": [family],
            "seriesSlug": family["slug"],
            "startTime": iso(info.end_at - 300),
        }
    if info.category == "politics" and info.neg_risk:
        found |= {
            "countryName": "U.S.",
            "electionType": "Nomination",
            "startTime": iso(info.end_at),
        }
    if int(info.gamma_id) % 5 == 0:
        found["eventMetadata"] = {
            "context_description": f"**{info.title}** is what traders watch.",
            "context_requires_regen": False,
            "context_updated_at": iso(served.world.now // DAY_SECONDS * DAY_SECONDS, 208_000),
        }
    return found


def _state(served: Served, number: int, info: MarketInfo, family: EventInfo) -> dict[str, Any]:
    closed = info.closed_at is not None
    found: dict[str, Any] = {
        "outcomePrices": json.dumps(prices(served, number)),
        "active": True,
        "closed": closed,
        "archived": False,
        "new": False,
        "featured": False,
        "restricted": True,
        "enableOrderBook": True,
        "hasReviewedDates": True,
        "acceptingOrders": not closed or number % 11 == 0,
        "negRisk": family.neg_risk,
        "ready": False,
        "funded": False,
        "cyom": False,
        "approved": True,
        "automaticallyActive": True,
        "clearBookOnStart": True,
        "manualActivation": False,
        "negRiskOther": False,
        "pendingDeployment": False,
        "deploying": False,
        "rfqEnabled": False,
        "holdingRewardsEnabled": False,
        "showGmpSeries": False,
        "showGmpOutcome": False,
        "updatedAt": iso(max(info.open_at, served.world.now // 60 * 60), 593_241),
        "umaResolutionStatuses": "[]",
        "orderPriceMinTickSize": micro(quotes.tick_of(served, number)),
        "comboStatus": "disabled",
        "fallbackResolutionType": "none",
        "version": info.version,
        "customLiveness": 0,
        "seriesColor": "",
        "deployingTimestamp": iso(info.open_at - 900, 727_292),
    }
    if closed and info.closed_at is not None:
        found["closedTime"] = datetime.fromtimestamp(info.closed_at, UTC).strftime(
            "%Y-%m-%d %H:%M:%S+00"
        )
    if closed and number % 4:
        found["umaResolutionStatus"] = "resolved" if info.payouts else "proposed"
    return found


def _volume(served: Served, number: int) -> dict[str, Any]:
    usd, money = served.volumes().usd, micro(quotes.liquidity(served, number))
    found: dict[str, Any] = {
        "volume": str(micro(int(usd["all"][number]))),
        "volumeNum": micro(int(usd["all"][number])),
    }
    found["volumeClob"] = found["volumeNum"]
    for window in ("24hr", "1wk", "1mo", "1yr"):
        found[f"volume{window}"] = found[f"volume{window}Clob"] = micro(int(usd[window][number]))
    return found | {"liquidity": str(money), "liquidityNum": money, "liquidityClob": money}


def _fees(info: MarketInfo, family: EventInfo) -> dict[str, Any]:
    if info.fee_rate is None and info.fee_type:
        return {
            "feesEnabled": True,
            "feeType": info.fee_type,
            "makerBaseFee": 1_000,
            "takerBaseFee": 1_000,
        }
    if info.fee_rate is None:
        return {"feesEnabled": False, "feeType": None, "makerBaseFee": 0, "takerBaseFee": 0}
    schedule = {
        "exponent": 1,
        "rate": Num(repr(info.fee_rate)),
        "takerOnly": True,
        "rebateRate": Num("0.2"),
    }
    kind = FEE_TYPES.get(family.category, "general_fees")
    return {
        "feesEnabled": True,
        "feeType": kind,
        "feeSchedule": schedule,
        "makerBaseFee": 1_000,
        "takerBaseFee": 1_000,
    }


def _quote(served: Served, number: int) -> dict[str, Any]:
    """Best prices and price changes; a closed market keeps its last trade and an empty book."""
    found, mark, now = (
        quotes.book(served, number, 0),
        int(served.marks[2 * number]),
        served.world.now,
    )
    last = quotes.last_trade(served, number, 0)[0] // 10**9 * 10**9
    bid, ask = (found.bids[0][0], found.asks[0][0]) if found else _closing(served, number, last)
    base = {
        "bestBid": micro(bid),
        "bestAsk": micro(ask),
        "spread": micro(ask - bid),
        "lastTradePrice": pico(last),
        "rewardsMinSize": 50,
        "rewardsMaxSpread": Num("4.5"),
    }
    if found is None:
        return base
    then = marks_at(
        served,
        number,
        0,
        np.array([now - 30 * DAY_SECONDS, now - 7 * DAY_SECONDS, now - DAY_SECONDS, now - 3_600]),
    ).tolist()
    changes = dict(zip(("oneMonth", "oneWeek", "oneDay", "oneHour"), then, strict=False))
    competitive = {"competitive": micro(1_000_000 - (mark - 500_000) ** 2 // 1_000_000)}
    moved = {
        f"{name}PriceChange": micro(mark - before)
        for name, before in changes.items()
        if before != mark
    }
    return base | competitive | moved


def _closing(served: Served, number: int, last_pico: int) -> tuple[int, int]:
    """Best prices of a closed market: those around its last trade, as if the book still stood."""
    tick, last = served.world.markets[number].tick_micro, last_pico // 1_000_000
    return max(last - tick, 0), min(last + tick, 1_000_000)


def event(served: Served, number: int, children: bool = True) -> dict[str, Any]:
    """An event object; `children` adds its markets and tags (a stub has neither)."""
    info, volumes = served.world.events[number], served.volumes().usd
    markets = [served.world.markets[m] for m in info.markets]
    money = micro(sum(quotes.liquidity(served, m) for m in info.markets))
    totals = {window: micro(int(volumes[window][info.markets].sum())) for window in volumes}
    closed = all(item.closed_at is not None for item in markets)
    found: dict[str, Any] = {
        "id": info.gamma_id,
        "ticker": info.slug,
        "slug": info.slug,
        "title": info.title,
        "description": info.description,
        "resolutionSource": "",
        "startDate": iso(info.created_at + 3_600, 827_458),
        "creationDate": iso(info.created_at, 827_389),
        "endDate": iso(info.end_at),
        "active": True,
        "closed": closed,
        "archived": False,
        "new": False,
        "featured": False,
        "restricted": True,
        "liquidity": money,
        "volume": totals["all"],
        "openInterest": 0,
        "createdAt": iso(info.created_at, 824_243),
        "updatedAt": iso(served.world.now // 60 * 60, 738_097),
        "volume24hr": totals["24hr"],
        "volume1wk": totals["1wk"],
        "volume1mo": totals["1mo"],
        "volume1yr": totals["1yr"],
        "enableOrderBook": True,
        "liquidityClob": money,
        "negRisk": info.neg_risk,
        "commentCount": 0,
        "cyom": False,
        "showAllOutcomes": True,
        "showMarketImages": True,
        "enableNegRisk": info.neg_risk,
        "automaticallyActive": True,
        "negRiskAugmented": False,
        "estimateValue": False,
        "cumulativeMarkets": False,
        "pendingDeployment": False,
        "deploying": False,
        "version": "v1",
        "competitive": Num("0.9"),
        "sortBy": "price",
        "gmpChartMode": "default",
        "deployingTimestamp": iso(info.created_at - 60, 108_448),
        **_extras(served, info),
    }
    found |= {"image": info.icon, "icon": info.icon} if info.icon else {}
    found |= {"negRiskMarketID": info.neg_risk_market_id} if info.neg_risk else {}
    if closed:
        found["closedTime"] = iso(max(item.closed_at or 0 for item in markets))
    if children:
        found["markets"] = [market(served, m, events=False) for m in info.markets]
        found["tags"] = [tag(item) for item in info.tags]
    return found
