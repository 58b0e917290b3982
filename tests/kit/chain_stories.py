"""A few wallets on the chain, whose books can be reckoned by hand, and the market of theirs that an installation knows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smartmoney.chain import Log
from smartmoney.chain.importing import import_dump
from smartmoney.polymarket.types import EventRecord, MarketRecord, OutcomeRecord
from smartmoney.store.db import Store
from smartmoney.store.markets import catalog
from tests.kit.chain_logs import ALICE, BOB, EXCHANGE_2, TOKENS, filled_2, log_of, node_row

KNOWN, LEARNT = "0x" + "a" * 64, "0x" + "b" * 64
START, BLOCK = 1_780_000_000, 90_000_000
CAROL, DAVE = "0x" + "ca" * 20, "0x" + "da" * 20
NOBODY = "0x" + "0" * 40
YES, NO, NEW_YES, NEW_NO, STRANGE = 11, 12, 21, 22, 99
M = 1_000_000


def know_one_market(store: Store) -> None:
    """KNOWN, whose first outcome won, with the tokens YES and NO."""
    outcomes = (
        OutcomeRecord(str(YES), 0, "Yes", payout_micro=M),
        OutcomeRecord(str(NO), 1, "No", payout_micro=0),
    )
    market = MarketRecord(
        KNOWN,
        "m1",
        "a",
        "A?",
        outcomes,
        EventRecord("e1", "it", "It", "politics", ("x",)),
        status="RESOLVED",
        resolved_ts=START + 500_000,
    )
    with store.raw() as connection:
        catalog.save_markets(connection, [market], datetime(2026, 11, 1, tzinfo=UTC))


class Story:
    """Logs in the order they are told, each in a block of its own a minute after the last."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, *logs: Log) -> None:
        """Logs of one transaction."""
        block = BLOCK + len(self.rows)
        for log in logs:
            placed = Log(
                log.address, log.topics, log.data, f"0x{block:064x}", block, len(self.rows)
            )
            self.rows.append(node_row(placed, START + 60 * (block - BLOCK)))

    def trade(
        self, buyer: str, seller: str, token: int, size: int, cash: int, fee: int = 0
    ) -> None:
        """The buyer takes what the seller offered, and pays the fee."""
        sold = {"makerAmountFilled": size, "takerAmountFilled": cash, "fee": 0}
        paid = {"makerAmountFilled": cash, "takerAmountFilled": size, "fee": fee}
        self.add(
            filled_2(maker=seller, taker=buyer, tokenId=token, side=1, **sold),
            filled_2(maker=buyer, taker=EXCHANGE_2, tokenId=token, side=0, **paid),
        )

    def split(self, who: str, condition: str, tokens: tuple[int, int], size: int) -> None:
        """Full sets made of dollars."""
        ids = {"ids": [*tokens], "values": [size, size]}
        self.add(
            log_of("TransferBatch", TOKENS, operator=who, **{"from": NOBODY}, to=who, **ids),
            log_of("PositionSplit", TOKENS, stakeholder=who, **_whole(condition), amount=size),
        )

    def merge(self, who: str, condition: str, size: int) -> None:
        """Full sets made dollars again."""
        self.add(
            log_of("PositionsMerge", TOKENS, stakeholder=who, **_whole(condition), amount=size)
        )

    def redeem(self, who: str, condition: str, token: int, bits: int, size: int, cash: int) -> None:
        """Shares of one outcome handed in."""
        burn = {"from": who, "to": NOBODY, "id": token, "value": size}
        paid = {**_whole(condition), "indexSets": [bits], "payout": cash}
        del paid["partition"]
        self.add(
            log_of("TransferSingle", TOKENS, operator=who, **burn),
            log_of("PayoutRedemption", TOKENS, redeemer=who, **paid),
        )

    def resolve(self, condition: str, payouts: list[int]) -> None:
        """The market ends."""
        told = {"oracle": BOB, "questionId": bytes(32), "outcomeSlotCount": 2}
        self.add(
            log_of(
                "ConditionResolution",
                TOKENS,
                conditionId=bytes.fromhex(condition[2:]),
                **told,
                payoutNumerators=payouts,
            )
        )

    def send(self, giver: str, taker: str, token: int, size: int) -> None:
        """Shares change hands, and nothing else happens."""
        moved = {"from": giver, "to": taker, "id": token, "value": size}
        self.add(log_of("TransferSingle", TOKENS, operator=giver, **moved))

    def imported(self, folder: Path, name: str = "story") -> Path:
        """The folder that an import of them all wrote."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.json"
        end = node_row(filled_2(), START + 60 * 9_999)
        end |= {"blockNumber": hex(BLOCK + 9_999)}
        end |= {"blockTimestamp": self.rows[0]["blockTimestamp"] and end["blockTimestamp"]}
        path.write_text(json.dumps([*self.rows, end]))
        import_dump(path, folder / "chain" / name)
        return folder / "chain" / name


def _whole(condition: str) -> dict[str, Any]:
    return {
        "collateralToken": BOB,
        "parentCollectionId": bytes(32),
        "conditionId": bytes.fromhex(condition[2:]),
        "partition": [1, 2],
    }


def usual() -> Story:
    """Alice buys the winner of KNOWN at 0.40 from Bob, who has it from a split; Carol knows a market that only the chain
    tells of; Dave trades a token of no market."""
    story = Story()
    story.split(BOB, KNOWN, (YES, NO), 10 * M)
    story.trade(ALICE, BOB, YES, 10 * M, 4 * M, fee=96_000)
    story.split(CAROL, LEARNT, (NEW_YES, NEW_NO), 8 * M)
    story.trade(DAVE, CAROL, NEW_NO, 8 * M, 5 * M)
    story.trade(DAVE, CAROL, STRANGE, 3 * M, M)
    story.resolve(LEARNT, [0, 1])
    story.redeem(DAVE, LEARNT, NEW_NO, 2, 8 * M, 8 * M)
    return story
