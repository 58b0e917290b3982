"""`python -m smartmoney.cli` is the `smartmoney` command."""

from __future__ import annotations

from smartmoney.cli import main

main()
