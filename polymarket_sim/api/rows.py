"""JSON text of trade and activity rows, in the words of v1 (camel case) and v2 (snake case) of the data
API."""

from __future__ import annotations

import re

import numpy as np

from polymarket_sim.accounts.served import REDEEM_SWITCH, Served
from polymarket_sim.model import NO_INDEX, Kind, Side
from polymarket_sim.protocol.wire import Raw, micro, pico, quote

UNLABELLED = 999
KIND_NAMES = {int(kind): kind.name for kind in Kind}
_RENAMED = {"asset": "token_id"}


class RowWriter:
    """Writes rows of the ledger; what does not change (wallets, tokens) is written once and kept."""

    def __init__(self, served: Served, snake: bool) -> None:
        self.served = served
        self._snake = snake
        self._wallet: dict[int, tuple[str, str]] = {}
        self._token: dict[tuple[int, int, bool], tuple[str, str]] = {}
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

    def token(self, market: int, outcome: int, bare: bool = False) -> tuple[str, str]:
        """The members that name a token (asset, condition), and those that describe it; `bare` as the
        unscoped feed has."""
        key = market, outcome, bare
        if key not in self._token:
            self._token[key] = self._make_token(market, outcome, bare)
        return self._token[key]

    def _make_token(self, market: int, outcome: int, bare: bool) -> tuple[str, str]:
        if market == NO_INDEX:
            ids, about = ("", ""), ("", "", "", "", "", UNLABELLED)
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

    def trades(self, rows: np.ndarray, bare: bool = False) -> Raw:
        """A JSON array of TRADE rows."""
        e, k, hashes = self.served.world.entries, self._keys, self.served.world.tx_hash
        columns = (e.trader, e.market, e.outcome, e.side, e.size_micro, e.price_pico, e.ts, e.tx)
        out = []
        for trader, market, outcome, side, size, price, ts, tx in zip(
            *(c[rows].tolist() for c in columns), strict=False
        ):
            (address, person), (ids, about) = self.wallet(trader), self.token(market, outcome, bare)
            word = "BUY" if side == Side.BUY else "SELL"
            out.append(
                f'{{{address},{k["side"]}"{word}",{ids},{k["size"]}{micro(size)},'
                f'{k["price"]}{pico(price)},{k["timestamp"]}{ts},{about},{person},{k["transactionHash"]}"{hashes(tx)}"}}'
            )
        return Raw("[" + ",".join(out) + "]")

    def activity(self, rows: np.ndarray, legs: np.ndarray) -> Raw:
        """A JSON array of activity rows (see `feeds.activity`)."""
        e = self.served.world.entries
        columns = (
            e.trader,
            e.kind,
            e.market,
            e.outcome,
            e.side,
            e.size_micro,
            e.price_pico,
            e.ts,
            e.tx,
            e.cash_micro,
        )
        values = zip(
            rows.tolist(),
            legs.tolist(),
            *(column[rows].tolist() for column in columns),
            strict=False,
        )
        return Raw("[" + ",".join([self._activity(*value) for value in values]) + "]")

    def _activity(
        self,
        row: int,
        leg: int,
        trader: int,
        kind: int,
        market: int,
        outcome: int,
        side: int,
        size: int,
        price: int,
        ts: int,
        tx: int,
        cash: int,
    ) -> str:
        k = self._keys
        if kind == Kind.REDEEM and ts < REDEEM_SWITCH and outcome != NO_INDEX:
            cash = size = self._redeemed(row)
            outcome = NO_INDEX
        elif kind == Kind.CONVERSION:
            market, cash = self._leg(row, leg), size if leg else 0
        (address, person), (ids, about) = self.wallet(trader), self.token(market, outcome)
        word = "BUY" if side == Side.BUY else "SELL" if side == Side.SELL else ""
        return (
            f'{{{address},{k["timestamp"]}{ts},{k["type"]}"{KIND_NAMES[kind]}",{k["size"]}{micro(size)},'
            f'{k["usdcSize"]}{micro(cash)},{k["transactionHash"]}"{self.served.world.tx_hash(tx)}",{k["price"]}{pico(price)},'
            f'{ids},{k["side"]}"{word}",{about},{person}}}'
        )

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

    def _leg(self, row: int, leg: int) -> int:
        world = self.served.world
        family = world.events[world.markets[int(world.entries.market[row])].event].markets
        mask = int(world.entries.legs[row])
        return [number for place, number in enumerate(family) if mask >> place & 1][leg]
