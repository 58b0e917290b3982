"""Pages in tabs: which is chosen is a part of the address, and only what it shows is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

from traitlets import Unicode

from smartmoney.errors import ParameterError
from smartmoney.widgets.model import Data, PageModel


class Tabbed(PageModel[Data]):
    """The model of such a page.

    Attributes:
        TABS: key and label of each; the first is shown unless the address names another.
        tab: key of the chosen one.
    """

    TABS: ClassVar[tuple[tuple[str, str], ...]] = ()
    tab = Unicode("")

    def take_tab(self, given: Mapping[str, str]) -> None:
        """The tab that an address names, else the first."""
        named = given.get("tab", "")
        self.tab = named if named in dict(self.TABS) else self.TABS[0][0]

    @property
    def subject(self) -> dict[str, str]:
        """The part of the address that says whom or what the page is about."""
        raise NotImplementedError

    @property
    def found(self) -> bool:
        """Is there anything to show tabs of?"""
        raise NotImplementedError

    def query_of(self, tab: str) -> str:
        """The query string of a tab."""
        given = {**self.subject, "tab": "" if tab == self.TABS[0][0] else tab}
        return urlencode({key: value for key, value in given.items() if value})

    @property
    def query(self) -> str:
        """What the page is about, and the tab where it is not the first."""
        return self.query_of(self.tab)

    def choose(self, tab: str) -> None:
        """Show another tab.

        Raises:
            ParameterError: there is no such tab.
        """
        if tab not in dict(self.TABS):
            raise ParameterError(f"There is no tab {tab[:40]!r}.")
        self.tab = tab
        self.refresh()
