"""A wallet as the API tells it, row for row and digit for digit, in files that `import-recorded` and the tests take."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from smartmoney.errors import ParameterError
from smartmoney.ids import is_combo
from smartmoney.polymarket import combos, endpoints, market_endpoints
from smartmoney.polymarket.call import Param, Response
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.market_endpoints import MOST_IDS
from smartmoney.polymarket.pages import FeedPage
from smartmoney.polymarket.wire import row_texts

KEPT = {
    "/v2/activity": ("activity", "data"),
    "/v2/positions": ("positions", "data"),
    "/v2/activity/combos": ("combo_activity", "data"),
    "/v2/positions/combos": ("combo_positions", "data"),
    "/v2/resolutions": ("resolutions", "data"),
    "/markets/keyset": ("markets", "markets"),
}
"""File and member of the answer by route."""


class Keeper(Client):
    """A client that writes the rows of each answer as they came, one a line.

    Attributes:
        folder: where the files are; None keeps nothing.
        kept: rows by file.
    """

    folder: Path | None = None
    kept: Counter[str]

    def get(
        self,
        host: str,
        route: str,
        params: Mapping[str, Param] | None = None,
        path: Mapping[str, str] | None = None,
    ) -> Response:
        """See `Client.get`."""
        answer = super().get(host, route, params, path)
        if self.folder is not None and route in KEPT:
            name, member = KEPT[route]
            rows = row_texts(answer.body, member)
            with (self.folder / f"{name}.jsonl").open("ab") as file:
                file.writelines(row.replace(b"\n", b" ") + b"\n" for row in rows)
            self.kept[name] += len(rows)
        return answer


def capture(
    client: Keeper,
    address: str,
    folder: Path,
    progress: Callable[[str], None] = lambda _: None,
) -> Counter[str]:
    """Record everything the API tells of a wallet: activity, positions, combos, and the markets they name.

    Args:
        client: asks the API.
        address: of a wallet; an owner's is led to the wallet it signs for.
        folder: a new one; it is there only once everything is.
        progress: told what is read.

    Returns:
        Rows by file.

    Raises:
        ParameterError: the folder is there already, or the API knows no such wallet.
        ApiRefused, ApiUnavailable, ShapeChanged, WalkStuck: nothing is left behind.
    """
    if folder.exists():
        raise ParameterError(f"{folder} is there already; name a folder that is not.")
    wallet = endpoints.trading_wallet(client, address) or address
    if not endpoints.is_known(client, wallet):
        raise ParameterError(f"Polymarket knows no wallet {wallet}.")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    client.folder, client.kept = part, Counter()
    try:
        _walk_all(client, wallet, progress)
        part.rename(folder)
    finally:
        client.folder = None
        shutil.rmtree(part, ignore_errors=True)
    return client.kept


def _walk_all(client: Keeper, wallet: str, progress: Callable[[str], None]) -> None:
    conditions: set[str] = set()

    def through(walk: Iterable[FeedPage[Any]], words: str) -> None:
        for page in walk:
            progress(f"{words}: {sum(client.kept.values()):,} rows so far")
            markets = (getattr(row, "market", None) for row in page.rows)
            conditions.update(market.condition_id for market in markets if market is not None)

    through(endpoints.activity(client, wallet), "activity")
    through(endpoints.positions(client, wallet, status="OPEN"), "open positions")
    through(endpoints.positions(client, wallet, status="CLOSED"), "closed positions")
    if any(is_combo(each) for each in conditions):
        through(combos.combo_activity(client, wallet), "combos")
        through(combos.combo_positions(client, wallet), "results of combos")
    named = sorted(each for each in conditions if not is_combo(each))
    for start in range(0, len(named), MOST_IDS):
        batch = named[start : start + MOST_IDS]
        for closed in (False, True):
            through(market_endpoints.markets(client, closed, batch), "markets")
        through(market_endpoints.resolutions(client, batch), "resolutions")
