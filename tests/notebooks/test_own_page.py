"""A page of one's own: its widgets in the shell, filled by its function; what fails is a sentence, not a traceback."""

from __future__ import annotations

from collections.abc import Iterator

import ipywidgets
import pytest

from smartmoney.settings import SETTINGS_FILE, Settings, get_settings
from smartmoney.widgets.screens.own import OwnPage
from tests.kit.installed import settings_file


@pytest.fixture(autouse=True)
def _here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(SETTINGS_FILE, str(settings_file(settings)))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_it_draws_at_once_and_again_when_read_again() -> None:
    label, drawn = ipywidgets.Label(), []
    page = OwnPage("Mine", [label], lambda: drawn.append(1))
    assert (
        drawn == [1]
        and label in page.root.children
        and page.status.title == "Mine"
        and page.status.state == "ready"
    )
    page.model.refresh()
    assert drawn == [1, 1]


def test_what_fails_is_a_notice() -> None:
    page = OwnPage("Mine", [], lambda: 1 / 0)
    assert len(page.status.notices) == 1 and "ZeroDivision" not in page.status.notices[0]
