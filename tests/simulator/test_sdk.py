"""A client nobody here wrote reads the simulator: Polymarket's own SDK, pointed at our addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

import pytest

from polymarket_sim.accounts import portfolio
from polymarket_sim.api.resolutions import UNSET
from polymarket_sim.model import Kind
from polymarket_sim.server import Simulator
from smartmoney.polymarket import endpoints, market_endpoints
from smartmoney.polymarket.pages import Route

polymarket = pytest.importorskip(
    "polymarket", reason="the official SDK (polymarket-client) is not installed"
)


@pytest.fixture(scope="module")
def client(simulator: Simulator) -> Iterator[polymarket.PublicClient]:
    from polymarket import environments

    production = environments.PRODUCTION._config
    values = {item.name: getattr(production, item.name) for item in fields(production)}
    values |= {
        "data_url": simulator.data_url,
        "gamma_url": simulator.gamma_url,
        "clob_url": simulator.clob_url,
    }
    config = environments._EnvironmentConfig(**values)
    with polymarket.PublicClient(
        environments._create_environment(name="simulator", config=config)
    ) as found:
        yield found


@pytest.fixture(scope="module")
def busy(simulator: Simulator) -> int:
    """The wallet with most ledger rows."""
    world = simulator.world
    return max(range(len(world.traders)), key=lambda number: len(world.by_trader.rows(number)))


@pytest.fixture(scope="module")
def wallet(simulator: Simulator, busy: int) -> str:
    return simulator.world.traders[busy].address


def test_trades_of_a_wallet_to_the_end(client, simulator, busy, wallet) -> None:
    found = list(
        client.list_trades(
            user=wallet, taker_only=False, filter_amount=0, full_history=True, page_size=200
        ).iter_items()
    )
    rows = simulator.world.by_trader.rows(busy)
    fills = rows[simulator.world.entries.kind[rows] == Kind.TRADE]
    assert len(found) == len(fills)
    assert (
        sum(trade.size for trade in found)
        == Decimal(int(simulator.world.entries.size_micro[fills].sum())) / 10**6
    )
    assert all(one.timestamp >= two.timestamp for one, two in zip(found, found[1:], strict=False))


def test_bare_feed_and_market_tape(client, simulator) -> None:
    assert len(client.list_trades(page_size=50).first_page().items) == 50
    market = simulator.world.markets[
        int(simulator.world.entries.market[simulator.world.entries.kind == Kind.TRADE][0])
    ]
    tape = list(client.list_trades(condition_id=market.condition_id).iter_items())
    assert tape and {trade.condition_id for trade in tape} == {market.condition_id}


def test_activity_of_every_type(client, simulator) -> None:
    seen = set()
    for trader in simulator.world.traders:
        seen |= {
            row.type
            for row in client.list_activity(
                user=trader.address, full_history=True, page_size=1000
            ).iter_items()
        }
    assert {str(kind) for kind in seen} == {kind.word for kind in Kind}


@pytest.mark.parametrize("status", ["OPEN", "CLOSED", "REDEEMABLE", "REDEEMABLE_LOST", "MERGEABLE"])
def test_positions(client, simulator, busy, wallet, status) -> None:
    found = list(
        client.list_positions(
            user=wallet, status=status, filter_amount=0, page_size=50
        ).iter_items()
    )
    views = portfolio.of_trader(simulator.served, busy)
    wanted = {
        "OPEN": [v for v in views if v.shares],
        "CLOSED": [v for v in views if not v.shares],
        "REDEEMABLE": [v for v in views if v.shares and v.resolved and v.price],
        "REDEEMABLE_LOST": [v for v in views if v.shares and v.resolved and not v.price],
        "MERGEABLE": [v for v in views if v.mergeable],
    }[status]
    assert len(found) == len(wanted) and (wanted or status == "MERGEABLE")


def test_holders(client, simulator) -> None:
    open_markets = [market for market in simulator.world.markets if market.closed_at is None]
    for market in open_markets[:5]:
        with_pnl = list(
            client.list_market_holders(
                condition_ids=market.condition_id, include_pnl=True
            ).iter_items()
        )
        assert {group.asset_id for group in with_pnl} == set(market.token_ids)
        net = list(client.list_market_holders(condition_ids=market.condition_id).iter_items())
        assert sum(len(group.holders) for group in net) <= sum(
            len(group.holders) for group in with_pnl
        )


def test_boards_and_standing(client, wallet) -> None:
    for window in ("day", "week", "month", "all"):
        rows = list(client.list_trader_leaderboard(window=window, page_size=30).iter_items())
        assert [row.pnl for row in rows] == sorted((row.pnl for row in rows), reverse=True)
    standing = client.get_trader_leaderboard_standing(user=wallet, window="all")
    assert standing.wallet == wallet and standing.pnl_rank >= 1
    assert (
        list(client.list_trader_leaderboard(window="all", sort_by="VOLUME").iter_items())[0].volume
        > 0
    )
    assert list(client.list_biggest_winners(window="all").iter_items())


def test_wallet_statistics(client, wallet) -> None:
    stats = client.get_user_stats(user=wallet)
    assert stats.traded_market_count > 0 and stats.all_time_pnl.trade_count > 0
    series = client.get_user_pnl(user=wallet, interval="all", fidelity="1d")
    assert (
        len(series.points) > 30 and series.points[-1].trade_count == stats.all_time_pnl.trade_count
    )
    assert (
        client.get_user_volume(user=wallet, full_history=True).trade_count
        == stats.all_time_pnl.trade_count
    )
    assert client.get_portfolio_value(user=wallet).value >= 0
    assert client.get_user_stats(user="0x" + "1" * 40) is None


def test_markets_and_events_by_keyset(client, simulator) -> None:
    world = simulator.world
    for closed in (False, True):
        found = list(
            client.list_markets(closed=closed, include_tag=True, page_size=40).iter_items()
        )
        wanted = {m.gamma_id for m in world.markets if (m.closed_at is not None) == closed}
        assert {market.id for market in found} == wanted and len(found) == len(wanted)
    events = [
        event
        for closed in (False, True)
        for event in client.list_events(closed=closed, page_size=30).iter_items()
    ]
    assert {event.id for event in events} == {event.gamma_id for event in world.events}
    assert sum(len(event.markets) for event in events) == len(world.markets)


def test_single_objects_tags_search_profile(client, simulator, wallet) -> None:
    market = simulator.world.markets[0]
    event = simulator.world.events[market.event]
    assert client.get_market(id=market.gamma_id).condition_id == market.condition_id
    assert client.get_market(slug=market.slug).outcomes.yes.token_id == market.token_ids[0]
    assert (
        client.get_event(slug=event.slug).id
        == client.get_event(id=event.gamma_id).id
        == event.gamma_id
    )
    assert client.get_market_tags(market.gamma_id) == client.get_event_tags(event.gamma_id)
    assert len(list(client.list_tags().iter_items())) > 5
    assert client.get_public_profile(wallet).wallet == wallet
    assert client.get_public_profile("0x" + "1" * 40) is None
    assert list(client.search(q="will", search_tags=True, search_profiles=True).iter_items())


def test_books_and_prices(client, simulator) -> None:
    market = next(market for market in simulator.world.markets if market.closed_at is None)
    token = market.token_ids[0]
    book = client.get_order_book(asset_id=token)
    assert (
        book.bids[-1].price < book.asks[-1].price
        and len(client.get_order_books(asset_ids=market.token_ids)) == 2
    )
    assert client.get_midpoint(asset_id=token) == (book.bids[-1].price + book.asks[-1].price) / 2
    assert client.get_price(asset_id=token, side="BUY") == book.bids[-1].price
    assert client.get_spread(asset_id=token) == book.asks[-1].price - book.bids[-1].price
    assert sum(client.get_midpoints(asset_ids=market.token_ids).values()) == 1
    assert client.get_last_trade_price(asset_id=token) is not None


def test_price_history(client, simulator) -> None:
    resolved = next(
        m
        for m in simulator.world.markets
        if m.payouts and m.resolved_at > simulator.world.now - 10 * 86_400
    )
    points = list(
        client.list_price_history(asset_id=resolved.token_ids[0], interval="1m").iter_items()
    )
    assert (
        points[-1].resolution_seconds == 0
        and points[-1].price == Decimal(resolved.payouts[0]) / 10**6
    )
    assert all(0 <= point.price <= 1 for point in points)


def test_resolutions_and_tokens(client, simulator) -> None:
    world = simulator.world
    for market in world.markets[:40]:
        (row,) = client.get_resolutions(condition_ids=market.condition_id)
        paid = (
            None
            if market.payouts is None
            else tuple(Decimal(part) / 10**6 for part in market.payouts)
        )
        if row.price is not None:  # the question's own form has a price and no payouts
            price = Decimal(row.price) / 10**18
            told = None if row.price == UNSET else (price, 1 - price)
        else:
            told = row.payouts
        assert told == paid and (row.status == "resolved") == (paid is not None)
        tokens = client.get_token_references(condition_ids=market.condition_id)[:2]
        assert [token.asset_id for token in tokens] == list(market.token_ids)
        assert [token.final_price for token in tokens] == (list(paid) if paid else [None, None])


def test_open_interest_and_live_volume(client, simulator) -> None:
    (total,) = client.get_open_interests()
    assert total.value > 0
    event = simulator.world.events[simulator.world.markets[0].event]
    live = client.get_event_live_volume(event_ids=int(event.gamma_id))
    assert len(live.markets) == len(event.markets)
    assert live.taker_volume_total == sum(market.taker_volume for market in live.markets)


READ_BY_THE_SDK = {
    "/data/v2/trades",
    "/data/v2/activity",
    "/data/v2/positions",
    "/data/v2/holders",
    "/data/v2/leaderboard",
    "/data/v2/user-stats",
    "/data/v2/user-pnl",
    "/data/v2/prices-history",
    "/data/v2/resolutions",
    "/data/v2/tokens",
    "/data/v2/oi",
    "/gamma/markets/keyset",
    "/gamma/events/keyset",
    "/gamma/public-profile",
    "/clob/book",
}
NOT_IN_THE_SDK = {"/activity"}
"""The first version's route, which our own client can fall back on when told to."""


def test_every_route_the_jobs_read_is_one_the_sdk_reads(client, simulator, wallet) -> None:
    world = simulator.world
    market = next(market for market in world.markets if market.closed_at is None)
    before = len(simulator.requests)
    for pages in (
        client.list_trades(user=wallet),
        client.list_activity(user=wallet),
        client.list_positions(user=wallet),
        client.list_market_holders(condition_ids=market.condition_id),
        client.list_trader_leaderboard(window="week"),
        client.list_price_history(asset_id=market.token_ids[0], interval="max"),
        client.list_markets(closed=False),
        client.list_events(closed=False),
    ):
        assert pages.first_page().items
    assert client.get_user_stats(user=wallet) and client.get_user_pnl(user=wallet)
    assert client.get_resolutions(condition_ids=market.condition_id)
    assert client.get_token_references(condition_ids=market.condition_id)
    assert client.get_open_interests(condition_ids=[market.condition_id])
    assert client.get_public_profile(wallet) and client.get_order_book(asset_id=market.token_ids[0])
    asked = simulator.requests[before:]
    assert {request.path for request in asked} >= READ_BY_THE_SDK and {
        request.status for request in asked
    } == {200}
    ours = {
        found.path
        for module in (endpoints, market_endpoints)
        for found in vars(module).values()
        if isinstance(found, Route)
    }
    assert ours - NOT_IN_THE_SDK <= {
        path.removeprefix("/data").removeprefix("/gamma") for path in READ_BY_THE_SDK
    }
