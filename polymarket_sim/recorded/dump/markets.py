"""Markets made from the rows that name them: texts, tokens by outcome, and the events of negative risk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from polymarket_sim import ids
from polymarket_sim.recorded.dump.rows import UNNAMED, Row
from polymarket_sim.recorded.fields import Damage
from smartmoney.ids import is_combo, is_group

FIRST, SECOND = ("yes", "up", "over"), ("no", "down", "under")
PAIRS = {"yes": "No", "no": "Yes", "up": "Down", "down": "Up", "over": "Under", "under": "Over"}


@dataclass
class NamedMarket:
    """What the rows tell of one market.

    Attributes:
        condition: its id.
        texts: title, slug, event_slug, event_id, icon and end_date, each as first told.
        tokens, labels: by outcome.
        prices: by outcome, as positions show them.
        negative: it is one of an event of negative risk.
    """

    condition: str
    texts: dict[str, str] = field(default_factory=dict)
    tokens: dict[int, str] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    prices: dict[int, Any] = field(default_factory=dict)
    negative: bool = False

    def take(self, row: Row) -> None:
        """Learn from a row, and write into it the token and the outcome it leaves out.

        Raises:
            Damage: it contradicts the rows before.
        """
        for name in ("title", "slug", "event_slug", "event_id", "icon", "end_date"):
            if row.get(name):
                self.texts.setdefault(name, row[name])
        self.negative = self.negative or bool(row.get("negative_risk"))
        label, token = row.get("outcome", ""), row.get("token_id", "")
        if not (label or token or row["outcome_index"] != UNNAMED):
            return
        index = self._index(row["outcome_index"], label, token)
        if token and self.tokens.setdefault(index, token) != token:
            raise Damage(f"token_id {token} is not the token other rows have for outcome {index}")
        if label:
            self.labels.setdefault(index, label)
        self._learn_opposite(row, index)
        if "current_price" in row:
            self.prices[index] = row["current_price"]
        row["outcome_index"] = index

    def _index(self, given: int, label: str, token: str) -> int:
        """Which outcome is meant: by its index, else by what is known of the token and the label, or follows on the chain."""
        by_token = next((n for n, known in self.tokens.items() if token and known == token), None)
        if given != UNNAMED:
            if by_token not in (None, given):
                raise Damage(f"token_id {token} is outcome {by_token} in other rows, not {given}")
            return given
        known = {each.lower(): n for n, each in self.labels.items()}
        for found in (by_token, known.get(label.lower()), self._on_chain(token)):
            if found is not None:
                return found
        taken = {*self.tokens, *self.labels}
        usual = next((n for n, words in enumerate((FIRST, SECOND)) if label.lower() in words), None)
        free = (n for n in range(len(taken) + 1) if n not in taken)
        return usual if usual is not None and usual not in taken else next(free)

    def _on_chain(self, token: str) -> int | None:
        """Which outcome has this token if it is derived from the condition; None where it is not."""
        pairs = [ids.token_ids(self.condition, negative) for negative in (False, True)]
        return next((pair.index(token) for pair in pairs if token in pair), None)

    def _learn_opposite(self, row: Row, index: int) -> None:
        if index in (0, 1):
            if row.get("opposite_token_id"):
                self.tokens.setdefault(1 - index, row["opposite_token_id"])
            if row.get("opposite_outcome"):
                self.labels.setdefault(1 - index, row["opposite_outcome"])

    def complete(self) -> None:
        """Give every outcome a token and a label: of two, the one unseen follows from the other."""
        count = max([2, *(n + 1 for n in (*self.tokens, *self.labels))])
        derived = self._derived() if count == 2 > len(self.tokens) else ()
        for n in range(count):
            stand_in = str(int(ids.digest("token", self.condition, n), 16))
            self.tokens.setdefault(n, derived[n] if derived else stand_in)
            other = self.labels.get(1 - n, "").lower() if count == 2 else ""
            usual = ("Yes", "No")[n] if count == 2 and not self.labels else f"Outcome {n + 1}"
            self.labels.setdefault(n, PAIRS.get(other, usual))

    def _derived(self) -> tuple[str, str]:
        """Both tokens as on chain, by whichever collateral agrees with the one that is known."""
        plain, negative = (ids.token_ids(self.condition, each) for each in (False, True))
        if any(negative[n] == token for n, token in self.tokens.items() if n < 2):
            self.negative = True
        return negative if self.negative else plain

    def gamma(self, group: str, closed_at: str) -> Row:
        """As gamma lists it; `closed_at` is "" while it is open."""
        texts, count = self.texts, len(self.tokens)
        slug = texts.get("slug") or self.condition
        title = texts.get("title") or f"Market {self.condition[:12]}"
        event_slug = texts.get("event_slug") or slug
        event_id = texts.get("event_id") or str(int(ids.digest("event", event_slug, size=5), 16))
        risk = {"negRisk": self.negative or bool(group), "negRiskMarketID": group}
        prices = [str(self.prices[n]) for n in range(count)] if len(self.prices) == count else []
        row = {
            "id": str(int(ids.digest("market", self.condition, size=5), 16)),
            "question": title,
            "conditionId": self.condition,
            "slug": slug,
            "icon": texts.get("icon", ""),
            "outcomes": json.dumps([self.labels[n] for n in range(count)]),
            "clobTokenIds": json.dumps([self.tokens[n] for n in range(count)]),
            "outcomePrices": json.dumps(prices),
            "active": True,
            "closed": bool(closed_at),
            "events": [{"id": event_id, "slug": event_slug, "title": event_slug, **risk}],
            "tags": [],
            **risk,
        }
        dates = {"endDate": texts.get("end_date", ""), "closedTime": closed_at}
        return row | {name: date for name, date in dates.items() if date}


def names_market(row: Row) -> bool:
    """The row's condition is a market's: neither a combo's nor, in a conversion, an event's."""
    condition = row["condition_id"]
    grouped = row.get("type") == "CONVERSION" and not row["token_id"] and is_group(condition)
    return bool(condition) and not (grouped or row.get("is_combo") or is_combo(condition))


def groups(rows: Iterable[Row]) -> dict[str, str]:
    """The negative-risk group by the slug of its event, as conversions name both."""
    return {
        row["event_slug"] or row["slug"]: row["condition_id"]
        for row in rows
        if row.get("type") == "CONVERSION" and not names_market(row)
    }


def give_conditions(rows: Iterable[Row], known: Mapping[str, str]) -> int:
    """Write the condition into fills that have none: by token, slug or title, else one made from these.

    Returns how many fills got one that is made from their token alone.
    """
    rows = list(rows)
    found, alone = dict(known), 0
    for row in (row for row in rows if row["condition_id"]):
        for name in ("token_id", "slug", "title"):
            if row.get(name):
                found.setdefault(f"{name} {row[name]}", row["condition_id"])
    for row in (row for row in rows if row.get("type") == "TRADE" and not row["condition_id"]):
        keys = [f"{name} {row[name]}" for name in ("token_id", "slug", "title") if row[name]]
        own = next((found[key] for key in keys if key in found), None)
        text = next(row[name] for name in ("slug", "title", "token_id") if row[name])
        row["condition_id"] = own or ids.condition_id(ids.digest("recorded question", text))
        alone += own is None and text == row["token_id"]
    return alone
