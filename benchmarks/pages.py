"""Every page in a real browser over 10,000 traders and a million trades: how soon it shows, answers, and what it weighs.

.venv/bin/python -m benchmarks.pages              five loads a page
.venv/bin/python -m benchmarks.pages 9            loads a page

Exits 1 where a bar is missed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil

from benchmarks.servers import fresh_store
from smartmoney.store import reads
from smartmoney.store.db import Store
from tests.kit.dashboards import Served, chromium, serve
from tests.kit.seed import LARGE, Seed

SLOW_MS = 120_000
SESSIONS, IDLE_S, SPARE = 20, 60, 1
DATA_S, LIVE_S, ANSWER_S, FIRST_MB = 0.7, 2.0, 0.1, 1.5
"""The bars: seconds from a request until data are visible and until the page is live, of an answer, megabytes of a page."""
DATA = ".sm-table tbody tr, .sm-kpi, .sm-prose p, .sm-empty"
CHARTS = ".js-plotly-plot .main-svg"
Timer = Callable[[], float]


def pages_of(store: Store) -> dict[str, str]:
    """Page by query: the best trader and the smartest market stand for all."""
    best = reads.traders(store).rows[0]["address"]
    market = reads.smart_markets(store).rows[0]["id"]
    return {
        "overview": "",
        "traders": "",
        "trader": f"address={best}",
        "markets": "",
        "smart_markets": "",
        "market": f"id={market}",
        "health": "",
        "alerts": "",
        "settings": "",
        "validation": "",
    }


def since(start: float) -> float:
    """Seconds."""
    return time.perf_counter() - start


def load(browser: Any, address: str, *, live: bool = True) -> tuple[float, float, float, int]:
    """Seconds until frame, data and live page, and the bytes that came; with an empty cache."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        tab, start = context.new_page(), time.perf_counter()
        weight = weigher(tab)
        tab.goto(address, wait_until="commit")
        tab.wait_for_selector(".sm-bar nav a", timeout=SLOW_MS)
        shell = since(start)
        tab.wait_for_selector(DATA, timeout=SLOW_MS)
        data = since(start)
        if live:
            tab.wait_for_selector("body.sm-ready", timeout=SLOW_MS)
        lively = since(start)
        tab.wait_for_timeout(300)
        tab.close(run_before_unload=True)
        return shell, data, lively, weight()


def weigher(tab: Any) -> Callable[[], int]:
    """Counts what the tab transfers, in bytes, as the browser's protocol tells it."""
    session, total = tab.context.new_cdp_session(tab), [0]
    session.send("Network.enable")
    session.on(
        "Network.loadingFinished",
        lambda told: total.__setitem__(0, total[0] + int(told["encodedDataLength"])),
    )
    return lambda: total[0]


def second_page(browser: Any, served: Served) -> tuple[int, int]:
    """Bytes of a first page and of the next one in the same browser."""
    with browser.new_context() as context:
        tab = context.new_page()
        weight = weigher(tab)
        weights = []
        for name in ("overview", "traders"):
            tab.goto(served.page(name), wait_until="commit")
            tab.wait_for_selector("body.sm-ready", timeout=SLOW_MS)
            tab.wait_for_selector(DATA, timeout=SLOW_MS)
            tab.wait_for_timeout(1_500)
            weights.append(weight())
        return weights[0], weights[1] - weights[0]


def answers(browser: Any, served: Served, repeats: int) -> dict[str, float]:
    """Median seconds from a wish to changed rows on the traders page."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        tab = context.new_page()
        tab.goto(served.page("traders"), wait_until="commit")
        tab.wait_for_selector("body.sm-ready", timeout=SLOW_MS)
        tab.wait_for_selector(".sm-table tbody tr", timeout=SLOW_MS)
        wishes = {
            "sort by PnL": lambda: tab.get_by_role("button", name="Total PnL"),
            "next page": lambda: tab.get_by_role("button", name="next page"),
            "filter by tier": lambda: tab.get_by_role("button", name="S", exact=True),
        }
        return {
            name: statistics.median(answer(tab, find()) for _ in range(repeats))
            for name, find in wishes.items()
        }


def answer(tab: Any, control: Any) -> float:
    """Seconds from a press to other rows, measured by the page itself."""
    handle = control.element_handle()
    seconds = tab.evaluate(
        """control => new Promise(done => {
            const shown = () => document.querySelector('.sm-table tbody').innerText;
            const before = shown(), start = performance.now();
            const look = () => shown() !== before || performance.now() - start > 30000
                ? done((performance.now() - start) / 1000) : requestAnimationFrame(look);
            control.click(); look();
        })""",
        handle,
    )
    tab.wait_for_timeout(300)
    return float(seconds)


def kernels(served: Served) -> list[psutil.Process]:
    """The sessions that run."""
    return [
        child for child in psutil.Process(served.pid).children(recursive=True) if _is_kernel(child)
    ]


def _is_kernel(process: psutil.Process) -> bool:
    try:
        return "ipykernel_launcher" in " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return False


def many(browser: Any, served: Served, names: list[str]) -> None:
    """SESSIONS pages open together: memory, an answer of the first one, and how soon all are gone after closing."""
    contexts = []
    for number in range(SESSIONS):
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        tab = contexts[-1].new_page()
        tab.goto(served.page(names[number % len(names)]), wait_until="commit")
        tab.wait_for_selector("body.sm-ready", timeout=SLOW_MS)
        tab.wait_for_selector(DATA, timeout=SLOW_MS)
    weights = [kernel.memory_info().rss / 2**20 for kernel in kernels(served)]
    seconds = answer(
        contexts[0].pages[0], contexts[0].pages[0].get_by_role("button", name="Total PnL")
    )
    start = time.perf_counter()
    for number, context in enumerate(contexts):  # every other one as if its machine had gone
        context.pages[0].close(run_before_unload=number % 2 == 0)
    while len(kernels(served)) > SPARE and since(start) < 3 * IDLE_S:
        time.sleep(0.5)
    print(
        f"{SESSIONS} pages open at once: {len(weights)} sessions, {sum(weights):,.0f} MB in all; sort on the first {seconds * 1000:.0f} ms; "
        f"{since(start):.0f} s after closing {len(kernels(served))} sessions left ({SPARE} is kept warm; idle time {IDLE_S} s)"
    )


class Bars:
    """What must not take longer, and what did."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def hold(self, what: str, value: float, bar: float) -> None:
        """Note a value above its bar."""
        if value > bar:
            self.missed.append(f"{what}: {value:.2f}, the bar is {bar:g}")


def taken(browser: Any, store: Store, wanted: dict[str, str], repeats: int, bars: Bars) -> None:
    """Every page when no session is free."""
    with serve(store.url, SMARTMONEY_TEST_PAGE_SESSIONS="0", SPARE_SESSIONS="0") as served:
        load(browser, served.page("overview"), live=False)
        for name, query in wanted.items():
            runs = [load(browser, served.page(name, query), live=False) for _ in range(repeats)]
            data = statistics.median(run[1] for run in runs)
            bars.hold(f"{name}, no session free, data s", data, DATA_S)
            print(f"{name:14} no session free: data after {data:.2f} s", flush=True)


def measure(store: Store, repeats: int, bars: Bars) -> None:
    """Print the table."""
    from playwright.sync_api import sync_playwright

    wanted = pages_of(store)
    with (
        serve(store.url, SMARTMONEY_TEST_PAGE_IDLE_S="15") as served,
        sync_playwright() as playwright,
    ):
        browser = chromium(playwright)
        load(browser, served.page("overview"))
        print(
            f"{'page':14} {'shell s':>8} {'data s':>8} {'live s':>8} {'MB':>6} {'kernel MB':>10}   median of {repeats}"
        )
        for name, query in wanted.items():
            time.sleep(6)  # the spare session warms up
            runs, memory = [], []
            for _ in range(repeats):
                runs.append(load(browser, served.page(name, query)))
                memory += [kernel.memory_info().rss / 2**20 for kernel in kernels(served)]
                time.sleep(6)
            shell, data, live, weight = (
                statistics.median(column) for column in zip(*runs, strict=True)
            )
            print(
                f"{name:14} {shell:8.2f} {data:8.2f} {live:8.2f} {weight / 1e6:6.2f} {max(memory, default=0):10.0f}",
                flush=True,
            )
            bars.hold(f"{name}, data s", data, DATA_S)
            bars.hold(f"{name}, live s", live, LIVE_S)
            bars.hold(f"{name}, MB", weight / 1e6, FIRST_MB)
        first, second = second_page(browser, served)
        print(
            f"first page {first / 1e6:.2f} MB, the second in the same browser {second / 1e6:.3f} MB"
        )
        for name, seconds in answers(browser, served, repeats).items():
            print(f"{name}: {seconds * 1000:.0f} ms")
            bars.hold(f"{name}, s", seconds, ANSWER_S)
        taken(browser, store, wanted, repeats, bars)
        browser.close()
    with (
        serve(store.url, SMARTMONEY_TEST_PAGE_IDLE_S=str(IDLE_S)) as served,
        sync_playwright() as playwright,
    ):
        browser = chromium(playwright)
        many(browser, served, ["traders", *(name for name, query in wanted.items() if not query)])
        browser.close()


def main(repeats: int = 5) -> None:
    """Write the world, measure, remove it."""
    with fresh_store() as store:
        start = time.perf_counter()
        Seed(LARGE).write(store)
        print(
            f"world of {LARGE.traders:,} traders and {LARGE.trades:,} trades written in {since(start):.0f} s",
            flush=True,
        )
        bars = Bars()
        measure(store, repeats, bars)
        for sentence in bars.missed:
            print(f"MISSED {sentence}")
        raise SystemExit(bool(bars.missed))


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:]))
