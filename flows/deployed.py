"""One flow per job, by name: what the deployments point to."""

from __future__ import annotations

from typing import Any

from flows.jobs import JOBS
from flows.notebook import notebook_flow

sync_leaderboard = notebook_flow("sync_leaderboard")
sync_markets = notebook_flow("sync_markets")
sync_trader_trades = notebook_flow("sync_trader_trades")
sync_trader_positions = notebook_flow("sync_trader_positions")
calculate_rarity_scores = notebook_flow("calculate_rarity_scores")
calculate_smart_markets = notebook_flow("calculate_smart_markets")
evaluate_alerts = notebook_flow("evaluate_alerts")
validate_scores = notebook_flow("validate_scores")
maintenance = notebook_flow("maintenance")


def __getattr__(name: str) -> Any:
    """Flows of notebooks in `notebooks/own/`."""
    if name not in JOBS:
        raise AttributeError(name)
    globals()[name] = notebook_flow(name)
    return globals()[name]
