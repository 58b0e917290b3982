"""The page JupyterLab opens on: what is here, how fresh the data is, where to begin. Rewritten at every start."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smartmoney.errors import SmartmoneyError
from smartmoney.formats import ago, utc
from smartmoney.settings import Settings
from smartmoney.store.db import open_store
from smartmoney.store.reads import TIERS, overview
from smartmoney.supervise.analyses import COPIES, SHIPPED, lay_out_analyses
from smartmoney.supervise.paths import ROOT, Paths
from smartmoney.supervise.status import report

PAGE = "welcome.md"
OPENED = f"/lab/tree/{PAGE}"
LAB = {
    "docmanager-extension/plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
"""What JupyterLab starts with, once: pages are shown rendered, and nothing is asked of other hosts."""
SOURCES = {
    "live": "Polymarket's live API",
    "simulator": "a simulated market: nothing here is real",
    "recorded": "a recording of real data; nothing is fetched",
}
COPIED = " These are copies: edit and\nsave them as you like."
TEXT = """# smartmoney

Who is smart on Polymarket, what they hold, and how sure that is. The data is from **{source}**, read-only here.

## What is here

{what}

## How fresh it is

{fresh}

As of {now}, when JupyterLab was started; `smartmoney status` shows it as of now.

## Where to begin

Open an analysis and run it (*Run ▸ Run All Cells*): the answer comes first, then how it was counted.{copies}

{analyses}

Or take a new notebook and ask for yourself:

```python
from smartmoney import traders, trades, positions, markets, smart_markets, scores, results

traders(tier="S A", category="politics")         # who, how good, how sure
trades(address="0x…", since="2026-01-01")        # what they did
positions(tier="S A", as_of="2026-06-30")        # what they held on that day
scores(as_of="2026-06-30")                       # what was known on that day
```

Each call gives a pandas frame; [its columns and units](docs/columns.md), [what the measures mean](docs/metrics.md).

To make it a job or a page: [a template](notebooks/templates/new_analysis.ipynb), and
[how to schedule and serve it](docs/developers.md).
"""


def write_landing_page(settings: Settings, folder: Path = ROOT) -> bool:
    """Write the page into the folder JupyterLab serves; False where it cannot be written (a read-only checkout)."""
    kept = (
        Paths(settings.smartmoney_home).run
        / "jupyter"
        / "config"
        / "lab"
        / "user-settings"
        / "@jupyterlab"
    )
    for name, values in LAB.items():
        path = kept / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(json.dumps(values))
    opened = lay_out_analyses(folder)
    page = landing_page(settings, datetime.now(UTC), opened)
    try:
        (folder / PAGE).write_text(page, encoding="utf-8")
    except OSError:
        return False
    return True


def landing_page(settings: Settings, now: datetime, opened: Path = SHIPPED) -> str:
    """The page as Markdown; its analyses are those in the folder `opened`."""
    return TEXT.format(
        source=SOURCES[settings.smartmoney_source],
        what="\n".join(_what(settings)),
        now=utc(now),
        fresh="\n".join(_fresh(settings, now)),
        copies=COPIED if opened == COPIES else "",
        analyses="\n".join(analyses(opened)),
    )


def analyses(opened: Path = SHIPPED) -> list[str]:
    """One line per worked analysis, with its question, as it says itself; each leads to the one in the folder `opened`."""
    paths = sorted((ROOT / SHIPPED).glob("*.ipynb"))
    return [f"- [{_title(path)}]({opened.as_posix()}/{path.name})" for path in paths]


def _title(path: Path) -> str:
    first: list[str] = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
    return first[0].lstrip("# ").strip()


def _what(settings: Settings) -> list[str]:
    store = open_store("sm_read", settings, 1)
    try:
        found = overview(store, settings.smart_tiers)
    except SmartmoneyError as error:
        return [f"- {error}"]
    finally:
        store.dispose()
    wallets = {row["tier"]: row["traders"] for row in found["tiers"]}
    tiers = ", ".join(f"{wallets[tier]:,} in {tier}" for tier in TIERS if tier in wallets)
    states = ", ".join(
        f"{count:,} {status.lower()}" for status, count in sorted(found["markets"].items())
    )
    trades: dict[str, Any] = found["trades"]
    if not trades.get("trades"):
        return [
            "- Nothing yet. `smartmoney up` (or `up --demo`) fetches and scores; it runs beside this."
        ]
    return [
        f"- Wallets by tier: {tiers or 'none is scored yet'}.",
        f"- Markets: {states}.",
        f"- {trades['trades']:,} fills, the newest {ago(trades['newest_at'], now=datetime.now(UTC))}.",
    ]


def _fresh(settings: Settings, now: datetime) -> list[str]:
    rows = report(settings)["jobs"]
    if rows is None:
        return ["The database does not answer."]
    ran = [row for row in rows if row["last_success_at"]]
    lines = ["| job | last success | |", "|---|---|---|"]
    lines += [
        f"| {row['job']} | {ago(row['last_success_at'], now)} | {row['consequence'] or 'fresh'} |"
        for row in ran
    ]
    return lines if ran else ["No job has run yet."]
