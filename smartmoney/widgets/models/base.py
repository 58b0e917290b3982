"""What every page has: a state, the sentence that goes with it, and the last good data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from traitlets import Dict, HasTraits, Instance, Int, Unicode, UseEnum

from smartmoney.errors import StoreUnavailable
from smartmoney.settings import Settings, get_settings
from smartmoney.store import reads
from smartmoney.store.db import Store, read_store
from smartmoney.store.reads import Freshness, freshness
from smartmoney.widgets import cells, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.formats import ago, span
from smartmoney.widgets.guard import sentence_for

RETRY_AWAY_S = 5
REFRESH_S = 60


class PageState(StrEnum):
    """What a page shows (design: dashboards, states)."""

    LOADING = "loading"
    READY = "ready"
    EMPTY = "empty"
    TOO_LITTLE = "too little"
    PARTIAL = "partial"
    STALE = "stale"
    ERROR = "error"
    AWAY = "away"


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


class PageModel(HasTraits):
    """State of one page. Subclasses implement `read` (what to fetch) and may refine `judge` (what it means).

    Attributes:
        state: what the page shows.
        sentence: why, and the next step; "" when ready.
        as_of: validity time of the newest number on the page.
        freshness: of `as_of` against the schedule of the job that makes it.
        data: what `read` returned last; kept when a later read fails.
        version: counts the successful reads, so that views observe one name.
    """

    name = "page"
    title = "smartmoney"
    job = ""  # the job whose schedule says how old `as_of` may be
    jobs: tuple[str, ...] = ()  # jobs whose reports the page links

    state = UseEnum(PageState, default_value=PageState.LOADING)
    sentence = Unicode("")
    as_of = Instance(datetime, allow_none=True)
    freshness = Unicode("off")
    data = Dict()
    version = Int(0)

    def __init__(
        self,
        query: str = "",
        store: Store | None = None,
        settings: Settings | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__()
        self.settings = settings or get_settings()
        self._store = store
        self.clock = clock
        self.notices: list[str] = []
        self.read_at: datetime | None = None
        self.asked(query)

    @property
    def store(self) -> Store:
        """The store as pages see it."""
        return self._store or read_store()

    def asked(self, query: str) -> None:
        """Take what the query string asks for; called once, before the first read."""

    @property
    def query(self) -> str:
        """The query string that restores what is shown."""
        return ""

    def read(self) -> dict[str, Any]:
        """Everything the page shows; `as_of` among it when known."""
        raise TypeError(f"{type(self).__name__} does not say what it reads.")

    def judge(self, data: dict[str, Any]) -> tuple[PageState, str]:
        """State and sentence for data that was read."""
        return PageState.READY, ""

    def refresh(self) -> None:
        """Read again. An error leaves the last good data where it is."""
        try:
            data = self.read()
            state, sentence = self.judge(data)
        except StoreUnavailable as error:
            self._tell(PageState.AWAY, sentence_for(error, self.name))
            return
        except Exception as error:  # noqa: BLE001
            self._tell(PageState.ERROR, sentence_for(error, self.name))
            return
        self.read_at = self.clock()
        state, sentence = self._aged(state, sentence, data)
        with self.hold_trait_notifications():
            self.data, self.as_of = data, data.get("as_of")
            self._tell(state, sentence)
            self.version += 1

    def _tell(self, state: PageState, sentence: str) -> None:
        self.state, self.sentence = state, sentence

    def _aged(self, state: PageState, sentence: str, data: dict[str, Any]) -> tuple[PageState, str]:
        as_of = data.get("as_of")
        self.freshness = self.age(as_of)
        late = as_of is not None and self.freshness in ("amber", "red")
        if state is not PageState.READY or not late:
            return state, sentence
        assert as_of is not None
        return PageState.STALE, (
            f"These numbers are from {ago(as_of, self.clock())}; {self.job} should run every "
            f"{span(self.schedule)}. The health page says why."
        )

    @property
    def schedule(self) -> float:
        """Seconds between runs of the page's job; 0 when it has no schedule."""
        return float(self.settings.schedules().get(self.job, 0))

    def age(self, as_of: datetime | None) -> Freshness:
        """How fresh `as_of` is."""
        return "off" if as_of is None else freshness(as_of, self.schedule, self.clock())

    def sources(self) -> list[list[Cell]]:
        """A line that links the executed notebooks of the runs that made the page's numbers."""
        if not self.jobs or self.state is PageState.AWAY:
            return []
        now, found = self.clock(), reads.newest_reports(self.store, list(self.jobs))
        made = [
            cells.text(
                row["job"],
                link=links.page("report", run=row["id"]),
                note=ago(row["ended_at"] or now, now),
            )
            for row in found
        ]
        return [[{"t": "made by"}, *made]] if made else []

    def tick(self) -> bool:
        """Called while somebody looks: read again when it is time to. Returns whether it did."""
        wait = RETRY_AWAY_S if self.state in (PageState.AWAY, PageState.LOADING) else REFRESH_S
        since = None if self.read_at is None else (self.clock() - self.read_at).total_seconds()
        if since is not None and since < wait and self.state is not PageState.AWAY:
            return False
        self.refresh()
        return True

    def ignored(self, problems: list[str]) -> None:
        """Note parts of the query string that could not be used."""
        self.notices = [f"{problem} That part of the address was ignored." for problem in problems]
