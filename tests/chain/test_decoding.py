"""Logs of the chain become events: two real ones, and one of each declaration encoded by the codec."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smartmoney.chain import BY_ADDRESS, ChainEvent, ChainKind, Log, Refusal, decode
from smartmoney.chain.decoding import RefusedLog
from smartmoney.errors import ParameterError
from smartmoney.polymarket.contracts import CONTRACTS
from tests.kit.chain_logs import (
    ADAPTER,
    ALICE,
    BOB,
    EXCHANGE_1,
    EXCHANGE_2,
    EXCHANGE_3,
    MANAGER,
    MARKET,
    NAMES,
    TOKENS,
    filled_2,
    log_of,
)
from tests.kit.environment import SHARED

REAL = SHARED / "data/real2026/fixtures/orderfilled_v2_real_logs.json"


def events(log: Log) -> tuple[ChainEvent, ...]:
    decoded = decode(log)
    assert not isinstance(decoded, RefusedLog), decoded.why
    return decoded


def refusal(log: Log) -> Refusal:
    decoded = decode(log)
    assert isinstance(decoded, RefusedLog)
    return decoded.why


def filled_1(gave: tuple[int, int], got: tuple[int, int], fee: int = 0) -> Log:
    return log_of(
        "OrderFilled/1",
        EXCHANGE_1,
        orderHash=MARKET,
        maker=ALICE,
        taker=BOB,
        makerAssetId=gave[0],
        makerAmountFilled=gave[1],
        takerAssetId=got[0],
        takerAmountFilled=got[1],
        fee=fee,
    )


@pytest.mark.shared
@pytest.mark.skipif(not REAL.exists(), reason="the real logs beside the checkout are absent")
def test_real_logs_are_what_the_api_said_of_the_same_trades() -> None:
    cases = json.loads(REAL.read_text())
    assert [case["label"] for case in cases] == ["BUY", "SELL"]
    for case in cases:
        [event] = events(Log.of(case["log"]))
        expected, checked = case["expected"], case["decoded_by_us"]
        assert event.kind == expected["side"].lower()
        assert event.wallet == expected["wallet"]
        assert event.token == expected["tokenId"]
        assert event.size_micro == round(expected["size"] * 1e6)
        assert event.cash_micro / event.size_micro == pytest.approx(expected["price"], abs=1e-9)
        assert event.fee_micro == round(checked["fee_usdc"] * 1e6)
        assert event.fee_shares_micro == 0
        assert event.taker
        assert (event.block, event.log_index) == (
            int(case["log"]["blockNumber"], 16),
            int(case["log"]["logIndex"], 16),
        )


def test_topics_are_those_seen_on_the_chain() -> None:
    seen = {
        "OrderFilled/1": "d0a08e8c493f9c94f29311604c9de1b4e8c8d4c06bd0c789af57f2d65bfec0f6",
        "OrderFilled/2": "d543adfd945773f1a62f74f0ee55a5e3b9b1a28262980ba90b1a89f2ea84d8ee",
        "PositionSplit": "2e6bb91f8cbcda0c93623c54d0403a43514fabc40084ec96b6d5379a74786298",
        "PositionsMerge": "6f13ca62553fcc2bcd2372180a43949c1e4cebba603901ede2f4e14f36b282ca",
        "PayoutRedemption": "2682012a4a4f1973119f1c9b90745d1bd91fa2bab387344f044cb3586864d18d",
        "PositionsConverted": "b03d19dddbc72a87e735ff0ea3b57bef133ebe44e1894284916a84044deb367e",
        "MarketPrepared": "f059ab16d1ca60e123eab60e3c02b68faf060347c701a5d14885a8e1def7b3a8",
        "ConditionResolution": "b44d84d3289691f71497564b85d4233648d9dbae8cbdbb4329f301c3a0185894",
        "TransferSingle": "c3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62",
        "TransferBatch": "4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb",
    }
    assert {name: NAMES[name].topic.hex() for name in seen} == seen


def test_every_event_of_a_contract_is_declared_and_every_declaration_is_read_somewhere() -> None:
    read = {name for contract in BY_ADDRESS.values() for name in contract.events}
    assert read == NAMES.keys()
    assert {address for address in CONTRACTS if address in BY_ADDRESS} >= {
        EXCHANGE_1,
        EXCHANGE_2,
        EXCHANGE_3,
    }


def test_a_buy_on_version_1_pays_its_fee_in_shares() -> None:
    [event] = events(filled_1((0, 400_000), (77, 1_000_000), fee=12_000))
    assert (event.kind, event.token) == (ChainKind.BUY, "77")
    assert (event.size_micro, event.cash_micro) == (1_000_000, 400_000)
    assert (event.fee_micro, event.fee_shares_micro) == (0, 12_000)
    assert event.shares_received_micro == 988_000
    assert not event.taker


def test_a_sale_on_version_1_pays_its_fee_in_dollars() -> None:
    [event] = events(filled_1((77, 1_000_000), (0, 400_000), fee=12_000))
    assert (event.kind, event.size_micro, event.cash_micro) == (ChainKind.SELL, 1_000_000, 400_000)
    assert (event.fee_micro, event.fee_shares_micro) == (12_000, 0)
    assert event.shares_received_micro == -1_000_000


@pytest.mark.parametrize("address", [EXCHANGE_2, EXCHANGE_3])
def test_a_buy_on_later_versions_pays_in_collateral(address: str) -> None:
    [taken] = events(filled_2(address))
    assert (taken.kind, taken.fee_micro, taken.fee_shares_micro) == (ChainKind.BUY, 9_600, 0)
    assert taken.shares_received_micro == 1_000_000
    assert taken.taker
    [rested] = events(filled_2(address, taker=BOB, side=1))
    assert (rested.kind, rested.size_micro, rested.taker) == (ChainKind.SELL, 400_000, False)


@pytest.mark.parametrize(
    ("gave", "got"), [((0, 1), (0, 1)), ((5, 1), (6, 1))], ids=["no token", "two tokens"]
)
def test_a_fill_of_anything_but_a_token_for_collateral_is_refused(
    gave: tuple[int, int], got: tuple[int, int]
) -> None:
    assert refusal(filled_1(gave, got)) is Refusal.ASSETS


@pytest.mark.parametrize("field", ["makerAmountFilled", "takerAmountFilled", "fee"])
def test_amounts_beyond_a_book_are_refused(field: str) -> None:
    assert refusal(filled_2(**{field: 2**256 - 1})) is Refusal.AMOUNT
    assert refusal(filled_2(**{field: 2**63})) is Refusal.AMOUNT
    assert len(events(filled_2(**{field: 2**63 - 1}))) == 1


@pytest.mark.parametrize(
    ("name", "kind"), [("PositionSplit", ChainKind.SPLIT), ("PositionsMerge", ChainKind.MERGE)]
)
def test_full_sets(name: str, kind: ChainKind) -> None:
    values = {"stakeholder": ALICE, "collateralToken": BOB, "conditionId": MARKET, "amount": 5}
    whole = {**values, "parentCollectionId": bytes(32), "partition": [1, 2]}
    [event] = events(log_of(name, TOKENS, **whole))
    assert (event.kind, event.condition) == (kind, "0x" + MARKET.hex())
    assert (event.size_micro, event.cash_micro) == (5, 5)
    assert events(log_of(f"{name}/adapter", ADAPTER, **values))[0].kind is kind
    assert refusal(log_of(name, TOKENS, **{**whole, "partition": [3, 4]})) is Refusal.NESTED
    nested = {**whole, "parentCollectionId": MARKET}
    assert refusal(log_of(name, TOKENS, **nested)) is Refusal.NESTED


def test_redemptions_of_both_contracts() -> None:
    values = {"redeemer": ALICE, "conditionId": MARKET, "payout": 9}
    plain = {"collateralToken": BOB, "parentCollectionId": bytes(32), "indexSets": [1, 2]}
    [event] = events(log_of("PayoutRedemption", TOKENS, **values, **plain))
    assert (event.cash_micro, event.index_set, event.size_micro) == (9, 3, -1)
    [event] = events(log_of("PayoutRedemption/adapter", ADAPTER, **values, amounts=[0, 12]))
    assert (event.cash_micro, event.index_set, event.size_micro) == (9, 2, 12)


def test_a_conversion_says_how_many_no_shares_it_gave_up() -> None:
    values = {"stakeholder": ALICE, "marketId": MARKET, "amount": 1_000_000}
    [event] = events(log_of("PositionsConverted", ADAPTER, indexSet=0b1011, **values))
    assert (event.index_set, event.size_micro, event.cash_micro) == (0b1011, 1_000_000, 2_000_000)
    empty = log_of("PositionsConverted", ADAPTER, indexSet=0, **values)
    assert refusal(empty) is Refusal.MALFORMED


def test_the_opening_of_an_event_tells_the_fee_of_its_conversions() -> None:
    values = {"marketId": MARKET, "oracle": BOB, "data": b"anything"}
    [event] = events(log_of("MarketPrepared", ADAPTER, feeBips=250, **values))
    assert (event.kind, event.condition, event.fee_bips) == (
        ChainKind.MARKET,
        "0x" + MARKET.hex(),
        250,
    )
    assert refusal(log_of("MarketPrepared", ADAPTER, feeBips=10_001, **values)) is Refusal.AMOUNT


def test_a_resolution_says_what_a_share_of_each_outcome_pays() -> None:
    values = {"conditionId": MARKET, "oracle": BOB, "questionId": MARKET}
    log = log_of(
        "ConditionResolution", TOKENS, **values, outcomeSlotCount=2, payoutNumerators=[1, 3]
    )
    found = events(log)
    assert [(event.part, event.index_set, event.cash_micro) for event in found] == [
        (0, 1, 250_000),
        (1, 2, 750_000),
    ]
    assert {event.wallet for event in found} == {""}
    for slots, payouts, why in ((3, [1, 0, 0], Refusal.NESTED), (2, [0, 0], Refusal.MALFORMED)):
        wrong = {"outcomeSlotCount": slots, "payoutNumerators": payouts}
        assert refusal(log_of("ConditionResolution", TOKENS, **values, **wrong)) is why


@pytest.mark.parametrize("address", [TOKENS, MANAGER])
def test_transfers_of_one_and_of_many_tokens(address: str) -> None:
    who = {"operator": BOB, "from": ALICE, "to": BOB}
    [one] = events(log_of("TransferSingle", address, **who, id=77, value=4))
    assert (one.wallet, one.counterparty, one.token, one.size_micro) == (ALICE, BOB, "77", 4)
    many = events(log_of("TransferBatch", address, **who, ids=[7, 2**256 - 1], values=[4, 5]))
    assert [(event.part, event.token, event.size_micro) for event in many] == [
        (0, "7", 4),
        (1, str(2**256 - 1), 5),
    ]
    uneven = log_of("TransferBatch", address, **who, ids=[7], values=[4, 5])
    assert refusal(uneven) is Refusal.MALFORMED


def test_what_is_not_known_is_refused_by_what_is_not_known() -> None:
    log = filled_2()
    assert refusal(Log(BOB, log.topics, log.data, "", 1, 1)) is Refusal.CONTRACT
    assert refusal(Log(TOKENS, log.topics, log.data, "", 1, 1)) is Refusal.TOPIC
    assert refusal(Log(EXCHANGE_2, (), log.data, "", 1, 1)) is Refusal.TOPIC
    assert refusal(Log(EXCHANGE_2, (MARKET,), log.data, "", 1, 1)) is Refusal.TOPIC


@pytest.mark.parametrize("cut", [1, 32, 7 * 32], ids=["one byte", "one word", "all"])
def test_a_log_cut_short_is_refused(cut: int) -> None:
    log = filled_2()
    short = Log(log.address, log.topics, log.data[:-cut], "", 1, 1)
    assert refusal(short) is Refusal.MALFORMED
    assert refusal(Log(log.address, log.topics[:-1], log.data, "", 1, 1)) is Refusal.MALFORMED


@pytest.mark.parametrize("row", [{}, {"address": "0x", "topics": ["zz"]}, {"topics": 3}])
def test_a_row_that_is_no_log_is_one_sentence(row: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="A log has address, topics"):
        Log.of(row)
