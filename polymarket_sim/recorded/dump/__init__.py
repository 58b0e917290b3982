"""Dumps that people keep: rows of the API's routes or plain tables of fills, in files of any name and form."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from polymarket_sim.recorded.dump import markets, payouts
from polymarket_sim.recorded.dump.files import files_of, read_rows
from polymarket_sim.recorded.dump.notes import Notes, counted, numbered
from polymarket_sim.recorded.dump.payouts import Ending
from polymarket_sim.recorded.dump.rows import UNNAMED, Entry, Row, entry
from polymarket_sim.recorded.fields import Damage, label
from polymarket_sim.recorded.row_server import Rows
from smartmoney.errors import RecordingError
from smartmoney.ids import is_address

Place = tuple[Path, int]
SETTLED_SECONDS = 3_600
"""How long after the last row the clock stands, so that positions count as seen after every trade."""
MADE_UP = {
    "wallet": "wallets that are named otherwise than by an address stand under addresses made from their names",
    "zone": "times without a zone are read as UTC",
}


def load_dump(path: Path) -> Rows:
    """Everything that the rows of a file, or of all files of a folder, tell, ready to be served.

    Raises:
        RecordingError: nothing there is a row that can be taken.
    """
    dump = _Dump()
    files = files_of(path)
    for file in files:
        dump.read(file)
    if not dump.history and not dump.held:
        reasons = [line.removeprefix("Skipped ") for line in dump.notes.sentences()]
        raise RecordingError(
            " ".join(
                [
                    f"{path} holds no fill, activity or position; give rows of /activity, /trades or /positions, or a"
                    " table with wallet, time, market, outcome, side, size and price.",
                    *reasons[:3],
                ]
            )
        )
    return dump.served(path)


@dataclass
class _Dump:
    """Rows as they are understood, in the order in which they are read."""

    history: list[tuple[Place, Row]] = field(default_factory=list)
    held: dict[tuple[str, str], tuple[Place, Row]] = field(default_factory=dict)
    described: dict[str, Row] = field(default_factory=dict)
    resolutions: list[Row] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    seen: Counter[str] = field(default_factory=Counter)
    holders: dict[str, Path] = field(default_factory=dict)
    made_up: Counter[str] = field(default_factory=Counter)

    def read(self, file: Path) -> None:
        """Take the rows of one file; what cannot be taken is noted."""
        try:
            numbered_rows = read_rows(file)
        except RecordingError as error:
            self.notes.say(str(error))
            return
        if not numbered_rows:
            self.notes.say(f"{label(file)} holds no row; copy it again from its source.")
        owner = file.stem.lower() if is_address(file.stem.lower()) else None
        entries: list[tuple[int, Entry]] = []
        damaged: list[tuple[int, Damage]] = []
        for number, given in numbered_rows:
            try:
                entries.append((number, entry(given, owner)))
            except Damage as damage:
                damaged.append((number, damage))
        if len(damaged) > 1 and not entries:
            self.notes.say(
                f"Skipped {label(file)}, all {len(damaged):,} rows; the first: {damaged[0][1]}."
            )
            return
        for number, why in damaged:
            self.notes.skip(file, number, str(why))
        self._take(file, entries)

    def _take(self, file: Path, entries: list[tuple[int, Entry]]) -> None:
        history = [(number, each.row) for number, each in entries if each.kind == "activity"]
        for number, each in entries:
            self.made_up.update(each.made_up)
            if each.kind == "position":
                self._hold(file, number, each.row)
            elif each.kind == "market":
                name = next(name for name in each.row if name.lower() == "conditionid")
                self.described[str(each.row[name]).lower()] = each.row
            elif each.kind == "resolution":
                self.resolutions.append(each.row)
        new = self._unrepeated(file, history)
        if new and new[0][1]["timestamp"] > new[-1][1]["timestamp"]:
            new.reverse()
        self.history += [((file, number), row) for number, row in new]

    def _hold(self, file: Path, number: int, row: Row) -> None:
        key = row["proxy_wallet"], row["token_id"]
        if key in self.held:
            (other, before), _ = self.held[key]
            self.notes.skip(
                other, before, f"{label(file)}, row {number}, has the same position again"
            )
        self.held[key] = (file, number), row

    def _unrepeated(self, file: Path, history: list[tuple[int, Row]]) -> list[tuple[int, Row]]:
        """The rows no file before has; rows that repeat each other within this one all stay, and are named."""
        here: Counter[str] = Counter()
        again: list[int] = []
        elsewhere: dict[Path, list[int]] = defaultdict(list)
        new = []
        for number, row in history:
            key = json.dumps(row, sort_keys=True, default=str)
            here[key] += 1
            if here[key] <= self.seen[key]:
                elsewhere[self.holders[key]].append(number)
                continue
            self.holders.setdefault(key, file)
            new.append((number, row))
            if here[key] > 1:
                again.append(number)
        self.seen |= here
        self._say_repeats(file, again, elsewhere)
        return new

    def _say_repeats(self, file: Path, again: list[int], elsewhere: dict[Path, list[int]]) -> None:
        if again:
            self.notes.say(
                f"Ambiguous: {label(file)}, {numbered(again)}, the same as an earlier row to the letter. A page may have been"
                " read twice, or the fills are equal; each is counted. If it was the page, delete them and import again."
            )
        for other, numbers in elsewhere.items():
            self.notes.say(
                f"Ambiguous: {label(file)}, {numbered(numbers)}, also in {label(other)} to the letter. Taken for a page that"
                " was read twice, and counted once; if the fills are equal, put both files into one."
            )

    def served(self, path: Path) -> Rows:
        """What the server gives out, once markets and endings are put together."""
        alone = markets.give_conditions((row for _, row in self.history), self._known())
        if alone:
            self.notes.say(
                f"{counted(alone, 'fill')}: the token is of no market that anything names; each stands in a market of its own."
            )
        named = self._markets()
        history, held = [row for _, row in self.history], [row for _, row in self.held.values()]
        found, disputed = payouts.endings(filter(markets.names_market, history), held)
        for condition in disputed:
            self.notes.say(f"Rows disagree about how {condition} ended; it stays unsettled.")
        made = {name: each for name, each in named.items() if name not in self.described}
        given = self._given(named)
        endings = {name: each for name, each in found.items() if name not in given}
        settled = given | {name: each.at for name, each in endings.items()}
        self._summary(path, named, set(settled) & set(named))
        rows = Rows(
            markets=[*self.described.values(), *self._listed(made, settled)],
            resolutions=[*self.resolutions, *(_resolution(*each) for each in endings.items())],
            partial_events=True,
            now=SETTLED_SECONDS
            + max(
                [row["timestamp"] for row in history]
                + [row.get("last_event_at", 0) for row in held]
            ),
            notes=self.notes.sentences(),
        )
        for row in history:
            rows.activity.setdefault(row["proxy_wallet"], []).append(row)
        for row in held:
            rows.positions.setdefault(row["proxy_wallet"], []).append(row)
        _introduce(rows)
        return rows

    def _given(self, named: Mapping[str, object]) -> dict[str, int]:
        """When the markets ended whose payouts a row of a resolution gives, 0 where nothing says; of a plain table only
        those stay that somebody was in, dated by their last row."""
        last: dict[str, int] = {}
        for _, row in self.history:
            condition = row["condition_id"]
            last[condition] = max(last.get(condition, 0), row["timestamp"])
        given, kept = {}, []
        for row in self.resolutions:
            condition = str(row.get("condition_id", row.get("conditionId"))).lower()
            if "resolved_at" not in row and "resolvedAt" not in row:
                if condition not in named:
                    continue
                at = last.get(condition, 0)
                row = _resolution(condition, Ending(tuple(row["payouts"]), at))
            if row.get("payouts"):
                given[condition] = last.get(condition, 0)
            kept.append(row)
        self.resolutions = kept
        return given

    def _known(self) -> dict[str, str]:
        """Conditions by the slug and the question of markets that are described."""
        return {
            f"{name} {row[key]}": condition
            for condition, row in self.described.items()
            for name, key in (("slug", "slug"), ("title", "question"))
            if row.get(key)
        }

    def _markets(self) -> dict[str, markets.NamedMarket]:
        """The markets rows name; a row that contradicts those before is skipped."""
        named: dict[str, markets.NamedMarket] = {}

        def learn(row: Row) -> None:
            if markets.names_market(row):
                condition = row["condition_id"]
                named.setdefault(condition, markets.NamedMarket(condition)).take(row)

        votes = Counter(map(_outcome, (row for _, row in [*self.history, *self.held.values()])))

        def kept(rows: list[tuple[Place, Row]]) -> Iterator[tuple[Place, Row]]:
            # rows that tell the index say what others mean, and what most of them tell is believed
            def order(each: tuple[Place, Row]) -> tuple[object, ...]:
                unnamed = each[1]["outcome_index"] == UNNAMED
                return unnamed, 0 if unnamed else -votes[_outcome(each[1])], each[0]

            for place, row in sorted(rows, key=order):
                try:
                    learn(row)
                except Damage as damage:
                    self.notes.skip(*place, str(damage))
                    continue
                yield place, row

        held = {
            (row["proxy_wallet"], row["token_id"]): (place, row)
            for place, row in kept(list(self.held.values()))
        }
        taken = {place for place, _ in kept(self.history)}
        self.held = held
        self.history = [each for each in self.history if each[0] in taken]
        for each in named.values():
            each.complete()
        for _, row in self.history:
            if row["type"] == "TRADE" and row["condition_id"] in named:
                own, index = named[row["condition_id"]], row["outcome_index"]
                row["token_id"] = row["token_id"] or own.tokens[index]
                row["outcome"] = row["outcome"] or own.labels[index]
        return named

    def _listed(
        self, made: dict[str, markets.NamedMarket], settled: dict[str, int]
    ) -> Iterator[Row]:
        groups = markets.groups(row for _, row in self.history)
        last = max((row["timestamp"] for _, row in self.history), default=0)
        for condition, each in made.items():
            closed = _iso(settled[condition] or last) if condition in settled else ""
            yield each.gamma(groups.get(each.texts.get("event_slug", ""), ""), closed)

    def _summary(
        self, path: Path, named: dict[str, markets.NamedMarket], settled: set[str]
    ) -> None:
        wallets = {row["proxy_wallet"] for _, row in self.history} | {
            wallet for wallet, _ in self.held
        }
        self.notes.lines.insert(
            0,
            f"Taken from {path.name}: {counted(len(self.history), 'row')} of history and"
            f" {counted(len(self.held), 'position')} of {counted(len(wallets), 'wallet')} in"
            f" {counted(len(named), 'market')}.",
        )
        if left := len(named) - len(settled):
            self.notes.say(
                f"{left:,} of {len(named):,} markets stay unsettled: nothing in the dump tells how they ended."
            )
        for what in sorted(self.made_up):
            self.notes.say(f"{counted(self.made_up[what], 'row')}: {MADE_UP[what]}.")


def _outcome(row: Row) -> tuple[str, int, str]:
    return row["condition_id"], row["outcome_index"], row["token_id"]


def _resolution(condition: str, ending: Ending) -> Row:
    return {
        "condition_id": condition,
        "question_id": "",
        "status": "resolved",
        "payouts": list(ending.payouts),
        "resolved_at": _iso(ending.at) if ending.at else "",
        "last_update_timestamp": "",
        "log_index": "",
        "reporter": "dump",
    }


def _introduce(rows: Rows) -> None:
    """A board without results that names every wallet, and a profile of each that has a name."""
    for wallet in dict.fromkeys([*rows.activity, *rows.positions]):
        own = [*rows.activity.get(wallet, []), *rows.positions.get(wallet, [])]
        name, pseudonym = (
            next((row[key] for row in reversed(own) if row.get(key)), "")
            for key in ("name", "pseudonym")
        )
        rows.board.append(
            {"user_id": wallet, "user_name": name, "rank": None, "pnl": None, "volume": None}
        )
        if name or pseudonym:
            rows.profiles[wallet] = {"proxyWallet": wallet, "name": name, "pseudonym": pseudonym}


def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = ["load_dump"]
