"""What every page has: what it has read, a state, and the sentence that goes with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from traitlets import HasTraits, Instance, Unicode, UseEnum

from smartmoney.errors import StoreUnavailable
from smartmoney.formats import ago, span
from smartmoney.settings import Settings, get_settings
from smartmoney.store import reads
from smartmoney.store.db import Store, read_store
from smartmoney.store.reads import Freshness, Row
from smartmoney.widgets import cells, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.error_boundary import sentence_for

RETRY_AWAY_S = 5
REFRESH_S = 60


class PageState(StrEnum):
    """What a page shows."""

    LOADING = "loading"
    READY = "ready"
    EMPTY = "empty"
    TOO_LITTLE = "too little"
    PARTIAL = "partial"
    STALE = "stale"
    ERROR = "error"
    AWAY = "away"


@dataclass(frozen=True, eq=False, kw_only=True)
class PageData:
    """What a page has read; each page adds what it shows. Compared by identity: each read is news.

    Attributes:
        as_of: validity time of the newest number on the page.
    """

    as_of: datetime | None = None


Data = TypeVar("Data", bound=PageData)
Judgement = tuple[PageState, str]


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


class PageModel(HasTraits, Generic[Data]):
    """State of one page. Subclasses implement `read` (what to fetch) and may refine `judge` (what it means).

    Attributes:
        state: what the page shows.
        sentence: why, and the next step; "" when ready.
        as_of: the last success of the job that makes the page's numbers; where there is none, what the data says of itself.
        freshness: of that job against its own schedule, by the rule that the health page has too.
        data: what `read` returned last; kept when a later read fails.
    """

    name = "page"
    title = "smartmoney"
    data_class: ClassVar[type[PageData]] = PageData
    job = ""  # the job whose schedule says how old the data may be
    jobs: tuple[str, ...] = ()  # jobs whose reports the page links

    state = UseEnum(PageState, default_value=PageState.LOADING)
    sentence = Unicode("")
    freshness = Unicode("off")
    as_of: datetime | None = None
    data: Data = Instance(PageData)  # type: ignore[assignment]

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
        self.data = self.data_class()  # type: ignore[assignment]
        self.apply_query(query)

    @property
    def store(self) -> Store:
        """The store as pages see it."""
        return self._store or read_store()

    def apply_query(self, query: str) -> None:
        """Take what the query string says; called once, before the first read."""

    @property
    def query(self) -> str:
        """The query string that restores what is shown."""
        return ""

    def read(self) -> Data:
        """Everything the page shows."""
        raise TypeError(f"{type(self).__name__} does not say what it reads.")

    def judge(self, data: Data) -> Judgement:
        """State and sentence for data that was read."""
        return PageState.READY, ""

    def refresh(self) -> None:
        """Read again. An error leaves the last good data where it is."""
        try:
            data = self.read()
            state, sentence = self.judge(data)
            job = self._newest_success() if self.job else None
        except StoreUnavailable as error:
            self._conclude(PageState.AWAY, sentence_for(error, self.name))
            return
        except Exception as error:  # noqa: BLE001
            self._conclude(PageState.ERROR, sentence_for(error, self.name))
            return
        self.read_at = self.clock()
        self.as_of, self.freshness = self._age(data, job)
        state, sentence = self._aged(state, sentence)
        with self.hold_trait_notifications():
            self.data = data
            self._conclude(state, sentence)

    def _conclude(self, state: PageState, sentence: str) -> None:
        self.state, self.sentence = state, sentence

    def _newest_success(self) -> Row | None:
        jobs = reads.jobs(self.store, self.settings.schedules(), self.clock())
        return next((row for row in jobs if row["job"] == self.job), None)

    def _age(self, data: Data, job: Row | None) -> tuple[datetime | None, Freshness]:
        """How old the page's numbers are, and whether that is late."""
        if job is None or job["last_success_at"] is None:
            return data.as_of, "off"
        return job["last_success_at"], job["freshness"]

    def _aged(self, state: PageState, sentence: str) -> Judgement:
        late = self.freshness in ("amber", "red")
        if state is not PageState.READY or not late or self.as_of is None:
            return state, sentence
        return PageState.STALE, (
            f"These numbers are from {ago(self.as_of, self.clock())}; {self.job} should run every "
            f"{span(self.schedule)}. The health page says why."
        )

    @property
    def schedule(self) -> float:
        """Seconds between runs of the page's job; 0 when it has no schedule."""
        return float(self.settings.schedules().get(self.job, 0))

    def made_by(self) -> list[list[Cell]]:
        """A line that links the executed notebooks of the runs that made the page's numbers."""
        if not self.jobs or self.state is PageState.AWAY:
            return []
        now = self.clock()
        made = [
            cells.text(
                row["job"],
                link=links.page("report", run=row["id"]),
                note=ago(row["ended_at"] or now, now),
            )
            for row in reads.newest_reports(self.store, list(self.jobs))
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
