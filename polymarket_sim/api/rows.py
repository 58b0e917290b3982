"""JSON text of trade and activity rows, in the words of v1 (camel case) and v2 (snake case) of the data
API."""

from __future__ import annotations

import re
from enum import IntEnum

import numpy as np

from polymarket_sim.accounts.served import REDEEM_SWITCH, Served
from polymarket_sim.ids import digest
from polymarket_sim.model import NO_INDEX, Kind, Side
from polymarket_sim.protocol.wire import Num, Raw, micro, pico, quote

UNLABELLED = 999
KIND_NAMES = {int(kind): kind.word for kind in Kind}
COMBOS = (int(Kind.COMBO_TRADE), int(Kind.COMBO_REDEEM))
UNLABELLED_SECONDS = 600
"""How long a new row waits for its labels."""
UNJOINED_SECONDS = 60
"""For how long at a time the newest rows know nothing of their market."""
NAMELESS_SECONDS = 110
"""Until this age they do not even name it."""
_RENAMED = {"asset": "token_id"}


class Labels(IntEnum):
    """How much a row says of its token: everything; neither index nor event yet; the market's id alone; not even that."""

    ALL = 0
    BARE = 1
    UNTITLED = 2
    UNJOINED = 3


class RowWriter:
    """Writes rows of the ledger; what does not change (wallets, tokens) is written once and kept."""

    def __init__(self, served: Served, snake: bool) -> None:
        self.served = served
        self._snake = snake
        self._wallet: dict[int, tuple[str, str]] = {}
        self._token: dict[tuple[int, int, Labels], tuple[str, str]] = {}
        self._keys = {
            name: f'"{self._key(name)}":'
            for name in (
                "asset",
                "conditionId",
                "title",
                "slug",
                "icon",
                "eventSlug",
                "outcome",
                "outcomeIndex",
                "proxyWallet",
                "name",
                "pseudonym",
                "bio",
                "profileImage",
                "profileImageOptimized",
                "side",
                "size",
                "price",
                "timestamp",
                "type",
                "usdcSize",
                "transactionHash",
                "isCombo",
            )
        }

    def _key(self, name: str) -> str:
        if not self._snake:
            return name
        return _RENAMED.get(name) or re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()

    def _text(self, name: str, value: object) -> str:
        return self._keys[name] + quote(value)

    def wallet(self, number: int) -> tuple[str, str]:
        """The address member, and the members that describe the person."""
        if number not in self._wallet:
            who = self.served.world.traders[number]
            texts = (
                ("name", who.name),
                ("pseudonym", who.pseudonym),
                ("bio", who.bio),
                ("profileImage", who.profile_image),
                ("profileImageOptimized", ""),
            )
            self._wallet[number] = (
                self._text("proxyWallet", who.address),
                ",".join(self._text(*pair) for pair in texts),
            )
        return self._wallet[number]

    def token(self, market: int, outcome: int, labels: Labels = Labels.ALL) -> tuple[str, str]:
        """The members that name a token (asset, condition), and those that describe it."""
        key = market, outcome, labels
        if key not in self._token:
            self._token[key] = self._make_token(market, outcome, labels)
        return self._token[key]

    def _make_token(self, market: int, outcome: int, labels: Labels) -> tuple[str, str]:
        bare = labels is not Labels.ALL
        if market == NO_INDEX:
            ids, about = ("", ""), ("", "", "", "", "", UNLABELLED)
        elif labels >= Labels.UNTITLED:
            info = self.served.world.markets[market]
            condition = "" if labels is Labels.UNJOINED else info.condition_id
            ids = (info.token_ids[outcome], condition)
            about = ("0", "0", "", "0", "", UNLABELLED)
        else:
            info = self.served.world.markets[market]
            slug = "" if bare else self.served.world.events[info.event].slug
            known = outcome != NO_INDEX
            ids = (info.token_ids[outcome] if known else "", info.condition_id)
            index = outcome if known and not bare else UNLABELLED
            about = (
                info.question,
                info.slug,
                info.icon,
                slug,
                info.outcomes[outcome] if known else "",
                index,
            )
        names = ("title", "slug", "icon", "eventSlug", "outcome", "outcomeIndex")
        return (
            ",".join(
                self._text(*pair) for pair in zip(("asset", "conditionId"), ids, strict=False)
            ),
            ",".join(self._text(*pair) for pair in zip(names, about, strict=False)),
        )

    def combo(self, number: int, outcome: int) -> tuple[str, str]:
        """The same for a combo, which has neither slug nor outcome; its title joins those of its legs."""
        world = self.served.world
        combo = world.combos[number]
        title = " AND ".join(world.markets[market].question for market, _ in combo.legs)
        about = (title, "", "", "", "", outcome)
        names = ("title", "slug", "icon", "eventSlug", "outcome", "outcomeIndex")
        return (
            self._text("asset", combo.position_id)
            + ","
            + self._text("conditionId", combo.condition_id),
            ",".join(self._text(*pair) for pair in zip(names, about, strict=True)),
        )

    def group(self, market: int) -> tuple[str, str]:
        """The same for the negative-risk event of a market: its own id, and no token."""
        event = self.served.world.events[self.served.world.markets[market].event]
        about = (event.title, event.slug, event.icon, event.slug, "", UNLABELLED)
        names = ("title", "slug", "icon", "eventSlug", "outcome", "outcomeIndex")
        return (
            self._text("asset", "") + "," + self._text("conditionId", event.neg_risk_market_id),
            ",".join(self._text(*pair) for pair in zip(names, about, strict=True)),
        )

    def _labels(self, ts: int) -> Labels:
        """What a fill of that second says by now; recorded rows were complete when they were recorded."""
        world = self.served.world
        age = world.now - ts
        if world.hidden is None or age >= UNLABELLED_SECONDS:
            return Labels.ALL
        lot = int(digest("unjoined", world.seed, ts // UNJOINED_SECONDS, size=4), 16)
        if lot >= world.venue.unjoined * 2**32:
            return Labels.BARE
        return Labels.UNJOINED if age < NAMELESS_SECONDS else Labels.UNTITLED

    def trades(self, rows: np.ndarray, bare: bool = False) -> Raw:
        """A JSON array of TRADE rows."""
        e, k, hashes = self.served.world.entries, self._keys, self.served.world.tx_hash
        columns = (
            e.trader,
            e.market,
            e.outcome,
            e.side,
            e.size_micro,
            e.price_pico,
            e.ts,
            e.tx,
            e.legs,
        )
        out = []
        for trader, market, outcome, side, size, price, ts, tx, legs in zip(
            *(c[rows].tolist() for c in columns), strict=False
        ):
            address, person = self.wallet(trader)
            ids, about = (
                self.combo(legs, 0)
                if market == NO_INDEX
                else self.token(market, outcome, max(self._labels(ts), Labels(bare)))
            )
            word = "BUY" if side == Side.BUY else "SELL"
            out.append(
                f'{{{address},{k["side"]}"{word}",{ids},{k["size"]}{micro(size)},'
                f'{k["price"]}{pico(price)},{k["timestamp"]}{ts},{about},{person},{k["transactionHash"]}"{hashes(tx)}"}}'
            )
        return Raw("[" + ",".join(out) + "]")

    def activity(self, rows: np.ndarray) -> Raw:
        """A JSON array of activity rows (see `feeds.activity`)."""
        return Raw("[" + ",".join([self._activity(row) for row in rows.tolist()]) + "]")

    def _activity(self, row: int) -> str:
        e, k = self.served.world.entries, self._keys
        kind, side, ts = int(e.kind[row]), int(e.side[row]), int(e.ts[row])
        size, cash, ids, about = self._named(row, kind, ts)
        address, person = self.wallet(int(e.trader[row]))
        word = "BUY" if side == Side.BUY else "SELL" if side == Side.SELL else ""
        price = pico(int(e.price_pico[row]))
        if kind == Kind.SPLIT:
            price = Num("0.5")
        combo = f",{k['isCombo']}true" if kind in COMBOS else ""
        return (
            f'{{{address},{k["timestamp"]}{ts},{k["type"]}"{KIND_NAMES[kind]}",{k["size"]}{micro(size)},'
            f'{k["usdcSize"]}{micro(cash)},{k["transactionHash"]}"{self.served.world.tx_hash(int(e.tx[row]))}",'
            f'{k["price"]}{price},{ids},{k["side"]}"{word}",{about},{person}{combo}}}'
        )

    def _named(self, row: int, kind: int, ts: int) -> tuple[int, int, str, str]:
        """Size and cash of a row as the API writes them, and the members that name its token or group."""
        e = self.served.world.entries
        market, outcome = int(e.market[row]), int(e.outcome[row])
        size, cash = int(e.size_micro[row]), int(e.cash_micro[row])
        if kind in COMBOS:
            number = int(e.legs[row])
            return size, cash, *self.combo(number, 0 if kind == Kind.COMBO_TRADE else UNLABELLED)
        if kind == Kind.CONVERSION:
            return size, size, *self.group(market)
        if kind == Kind.REDEEM and ts < REDEEM_SWITCH and outcome != NO_INDEX:
            cash = self._redeemed(row)
            return cash, cash, *self.token(market, NO_INDEX)
        labels = self._labels(ts) if kind == Kind.TRADE else Labels.ALL
        return size, cash, *self.token(market, outcome, labels)

    def _redeemed(self, row: int) -> int:
        """Payout of both outcomes of a redemption whose first ledger row is `row`."""
        e, cash = self.served.world.entries, int(self.served.world.entries.cash_micro[row])
        after = row + 1
        if (
            after < len(e)
            and e.kind[after] == Kind.REDEEM
            and e.tx[after] == e.tx[row]
            and e.market[after] == e.market[row]
        ):
            cash += int(e.cash_micro[after])
        return cash
