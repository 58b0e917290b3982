"""The sync jobs: walks committed page by page, rows and cursor and quarantine in one transaction."""

from smartmoney.ingest.discover import discover
from smartmoney.ingest.leaderboard import sync_leaderboard
from smartmoney.ingest.markets import sync_markets
from smartmoney.ingest.platform import note_lag
from smartmoney.ingest.positions import sync_trader_positions
from smartmoney.ingest.trades import sync_trader_trades

__all__ = [
    "discover",
    "note_lag",
    "sync_leaderboard",
    "sync_markets",
    "sync_trader_positions",
    "sync_trader_trades",
]
