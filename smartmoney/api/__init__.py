"""The REST API: `create_app(settings)`, and `python -m smartmoney.api`."""

from __future__ import annotations

from smartmoney.api.app import create_app
from smartmoney.api.auth import issue_token

__all__ = ["create_app", "issue_token"]
