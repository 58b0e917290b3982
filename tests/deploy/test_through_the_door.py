"""A page in a real browser through the proxy: login, page, its session's websocket; nothing the rules would have to refuse."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Response, sync_playwright

from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.compose import HERE, Service
from tests.kit.dashboards import CHROMIUM, FLAGS, free_port
from tests.kit.proxied import SITE, nginx
from tests.kit.seeded import write_small

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("prefect")]


def test_a_page_lives_behind_the_login(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    """In a thread of its own: a browser of other tests may hold this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(visited, postgres, tmp_path).result()


def visited(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(
            "no Chromium here: install it (apt-get install chromium) to run the tests in a browser"
        )
    port, url = free_port(), postgres.url("sm_read", write_small(postgres)[0])
    tmp_path.chmod(0o755)
    (tmp_path / "nginx").mkdir()
    with (
        nginx(tmp_path / "nginx", {"voila:8866": f"{HERE}:{port}"}) as door,
        sync_playwright() as playwright,
    ):
        voila = Service("voila", tmp_path / "voila", {"8866": port}, {"sm_read": url})
        chromium = playwright.chromium.launch(
            executable_path=program,
            args=[*FLAGS, f"--host-resolver-rules=MAP {SITE}:443 127.0.0.1:{door.port}"],
        )
        try:
            until = time.monotonic() + 60
            while not voila.healthy():
                assert time.monotonic() < until
                time.sleep(0.2)
            context = chromium.new_context(
                ignore_https_errors=True, http_credentials={"username": "ann", "password": "secret"}
            )
            page, refused = context.new_page(), []

            def look(response: Response) -> None:
                if response.status >= 400:
                    refused.append((response.status, response.request.method, response.url))

            page.on("response", look)
            sockets: list[str] = []
            page.on("websocket", lambda socket: sockets.append(socket.url))
            page.goto(f"https://{SITE}/voila/render/traders.ipynb", timeout=90_000)
            page.get_by_text("trader-", exact=False).first.wait_for(timeout=90_000)
            page.locator("#sm-document").wait_for(
                state="detached", timeout=90_000
            )  # the live page took its place
            assert any(each.startswith(f"wss://{SITE}/api/kernels/") for each in sockets), sockets
            assert [each for each in refused if each[0] != 401 and "favicon" not in each[2]] == []
        finally:
            chromium.close()
            voila.process.kill()
            voila.process.wait()
            voila.log.close()
