"""What the job notebooks call: one function a job, JSON-native keyword parameters in, a `JobReport` out.

Functions are loaded when first asked for, so that a notebook pays only for what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smartmoney.jobs.alerting import evaluate_alerts
    from smartmoney.jobs.lean import prove_lean
    from smartmoney.jobs.report import JobReport
    from smartmoney.jobs.running import attach_report
    from smartmoney.jobs.scores import calculate_rarity_scores
    from smartmoney.jobs.smart import calculate_smart_markets
    from smartmoney.jobs.stream import stream_trades
    from smartmoney.jobs.syncing import (
        sync_leaderboard,
        sync_markets,
        sync_trader_positions,
        sync_trader_trades,
    )
    from smartmoney.jobs.upkeep import maintenance
    from smartmoney.jobs.validation import validate_scores

HOMES = {
    "JobReport": "report",
    "attach_report": "running",
    "calculate_rarity_scores": "scores",
    "calculate_smart_markets": "smart",
    "evaluate_alerts": "alerting",
    "maintenance": "upkeep",
    "prove_lean": "lean",
    "stream_trades": "stream",
    "sync_leaderboard": "syncing",
    "sync_markets": "syncing",
    "sync_trader_positions": "syncing",
    "sync_trader_trades": "syncing",
    "validate_scores": "validation",
}

__all__ = [
    "JobReport",
    "attach_report",
    "calculate_rarity_scores",
    "calculate_smart_markets",
    "evaluate_alerts",
    "maintenance",
    "prove_lean",
    "stream_trades",
    "sync_leaderboard",
    "sync_markets",
    "sync_trader_positions",
    "sync_trader_trades",
    "validate_scores",
]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"smartmoney.jobs.{HOMES[name]}"), name)
