"""What an import brought and what it lacks, per contract and day, so that an absent era is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from smartmoney.chain.contracts import BY_ADDRESS, CONTRACTS, EXCHANGES, Contract


@dataclass(frozen=True)
class Day:
    """Events of one contract on one day; `day` is None where the dump has no times."""

    contract: str
    day: date | None
    events: int


@dataclass(frozen=True)
class Match:
    """Fills of one transaction at one exchange, and whose they are."""

    transaction: str
    contract: str
    wallets: list[str]


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
        unbalanced: the matches that do not add up.
        fees_unknown: conversions whose market's opening, which tells their fee, is not in the dump.
        kinds: kinds of event seen, by contract.
        fills_only: the form holds fills and nothing else.
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
    unbalanced: list[Match]
    fees_unknown: int
    kinds: dict[str, list[str]]
    fills_only: bool
    days: list[Day] = field(repr=False)

    @property
    def wallets_in_doubt(self) -> list[str]:
        """Every wallet whose history this dump has wrong or in part."""
        named = {*self.contradicted}.union(*(match.wallets for match in self.unbalanced))
        return sorted(named - BY_ADDRESS.keys() - {""})

    def expected(self) -> list[Contract]:
        """The contracts whose logs belong in such a dump: those in use on one of its days."""
        span = self._span()
        return [
            contract
            for contract in CONTRACTS
            if not (self.fills_only and contract.address not in EXCHANGES)
            and not (span and contract.first and contract.first > span[1])
            and not (span and contract.last and contract.last < span[0])
        ]

    def _span(self) -> tuple[date, date] | None:
        known = [day.day for day in self.days if day.day is not None]
        return (min(known), max(known)) if known else None

    def absent_days(self, address: str) -> list[date]:
        """Days of the dump's span on which a contract was in use and of which there is no event of it."""
        contract, span = BY_ADDRESS.get(address), self._span()
        if contract is None or span is None:
            return []
        first = max(span[0], contract.first or span[0])
        last = min(span[1], contract.last or span[1])
        days = {day.day for day in self.days if day.contract == address}
        every = (first + timedelta(each) for each in range((last - first).days + 1))
        return [day for day in every if day not in days]

    def absent_contracts(self) -> list[str]:
        """Names of contracts in use on the days of this dump of which it has nothing."""
        return [each.name for each in self.expected() if each.address not in self.kinds]

    def absent_kinds(self, address: str) -> list[str]:
        """What a contract's logs can say and none of those here does."""
        contract = BY_ADDRESS.get(address)
        return sorted(contract.kinds - {*self.kinds.get(address, ())}) if contract else []

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
        if self.fees_unknown:
            lines.append(
                f"{self.fees_unknown:,} conversions are of events whose opening is not in the dump: "
                "their fee is not known."
            )
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
            kinds = self.absent_kinds(address)
            without = f"; none of kind {', '.join(kinds)}" if kinds else ""
            lines.append(f"{name}: {events:,} events{span}{holes}{without}.")
        return lines
