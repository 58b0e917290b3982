"""What an import brought and what it lacks, per contract and day, so that an absent era is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from smartmoney.chain.contracts import BY_ADDRESS, CONTRACTS


@dataclass(frozen=True)
class Day:
    """Events of one contract on one day; `day` is None where the dump has no times."""

    contract: str
    day: date | None
    events: int


@dataclass(frozen=True)
class Completeness:
    """The statement at the end of an import.

    Attributes:
        schema: the form of the dump.
        lacks: what that form cannot say.
        rows: rows read.
        events: events kept.
        doubled: rows that repeat another one exactly.
        held_back: rows of the last block or second, which may be cut.
        refused: rows without an event, by reason.
        contradicted: wallets of logs that the dump gives twice with different content.
        unbalanced: by transaction, the wallets where resting and taking orders do not add up.
        days: events by contract and day.
    """

    schema: str
    lacks: str
    rows: int
    events: int
    doubled: int
    held_back: int
    refused: dict[str, int]
    contradicted: list[str]
    unbalanced: dict[str, list[str]]
    days: list[Day] = field(repr=False)

    @property
    def wallets_in_doubt(self) -> list[str]:
        """Every wallet whose history this dump has wrong or in part."""
        named = {*self.contradicted}.union(*self.unbalanced.values())
        return sorted(named - BY_ADDRESS.keys())

    def absent_days(self, contract: str) -> list[date]:
        """Days without an event of a contract between its first and its last one here."""
        days = {day.day for day in self.days if day.contract == contract and day.day is not None}
        if not days:
            return []
        count = (max(days) - min(days)).days
        return [
            day for day in (min(days) + timedelta(each) for each in range(count)) if day not in days
        ]

    def absent_contracts(self) -> list[str]:
        """Names of exchanges in use on the days of this dump of which it has nothing."""
        known = [day.day for day in self.days if day.day is not None]
        present = {day.contract for day in self.days}
        return [
            contract.name
            for contract in CONTRACTS
            if contract.address not in present
            and contract.name.startswith("exchange")
            and not (known and contract.first and contract.first > max(known))
            and not (known and contract.last and contract.last < min(known))
        ]

    def sentences(self) -> list[str]:
        """The statement for people."""
        lines = [f"Read as {self.schema}: {self.rows:,} rows, {self.events:,} events."]
        lines += [self.lacks] if self.lacks else []
        if self.doubled:
            lines.append(f"{self.doubled:,} rows repeat another one and count once.")
        if self.held_back:
            lines.append(f"{self.held_back:,} rows of the last block are left out: it may be cut.")
        lines += [f"{count:,} rows refused: {why}." for why, count in self.refused.items()]
        lines += self._contracts()
        lines += [f"Nothing of: {name}." for name in self.absent_contracts()]
        if doubtful := self.wallets_in_doubt:
            shown = ", ".join(doubtful[:5]) + (" and others" if len(doubtful) > 5 else "")
            lines.append(
                f"{len(doubtful):,} wallets have a history that is wrong or in part: {shown}."
            )
        return lines

    def _contracts(self) -> list[str]:
        lines = []
        for address in sorted({day.contract for day in self.days}):
            own = [day for day in self.days if day.contract == address]
            name = BY_ADDRESS[address].name if address else "contract not named"
            events = sum(day.events for day in own)
            known = [day.day for day in own if day.day is not None]
            span = f", {min(known)} to {max(known)}" if known else ", days not known"
            absent = self.absent_days(address)
            holes = f"; {len(absent)} days without any, the first {absent[0]}" if absent else ""
            lines.append(f"{name}: {events:,} events{span}{holes}.")
        return lines
