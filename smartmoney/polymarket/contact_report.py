"""What came of a first contact: what was asked, what differs, and what each difference means for an installation."""

from __future__ import annotations

from dataclasses import dataclass, field

MEANS = {
    "/time": "the end of a walk is taken from this clock: watermarks would be wrong",
    "/v2/status": "how far the platform itself is behind could not be told",
    "/v2/leaderboard": "new wallets are found by the boards: the population would stand still",
    "/markets/keyset": "markets, prices and what is closed come from here",
    "/v2/activity": "every trade, book and score rests on these rows",
    "/v2/positions": "positions, and the check of every book, come from here",
    "/v2/trades": "wallets behind a market's trades come from here",
    "/v2/holders": "coverage of a market's holders is measured by this",
    "/v2/resolutions": "markets settle by this: without it there is no skill score",
    "/v2/tokens": "payouts that the resolutions leave open come from here",
    "/v2/oi": "coverage of a market is measured by its open interest",
    "/v2/prices-history": "charts before our first look come from here",
    "/public-profile": "an owner's address is led to its trading wallet by this",
    "/v2/user-stats": "an unknown wallet is told from one without trades by this",
    "/events/{id}": "a conversion gives shares of every question of its event",
    "/markets/{condition}": "the last route asked how a market paid",
    "/v2/activity/combos": "the life of combos comes from here",
    "/v2/positions/combos": "results and legs of combos come from here",
}


@dataclass(frozen=True)
class Difference:
    """Something is not as we take it to be.

    Attributes:
        route: template of the route.
        what: what was seen, beside what was expected.
        means: what follows for an installation.
    """

    route: str
    what: str
    means: str


@dataclass(frozen=True)
class Asked:
    """One request that was answered: rows is None where the answer is one object."""

    route: str
    rows: int | None
    age_s: float


@dataclass
class Contact:
    """What came of it.

    Attributes:
        asked: the requests that were answered.
        differences: what differs; none is what one hopes for.
        facts: what the platform told of itself, as sentences.
        skipped: routes that could not be asked, and why.
    """

    asked: list[Asked] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def differ(self, route: str, what: str, means: str = "") -> None:
        """Note a difference; its consequence is the route's, where none is given."""
        self.differences.append(Difference(route, what, means or MEANS[route]))
