"""A scheduled job that has not succeeded for too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from smartmoney.alerts import phrases
from smartmoney.alerts.dedupe import Dedupe
from smartmoney.alerts.inputs import Firing, RuleInputs, Span, Staleness
from smartmoney.alerts.kinds.options import Options, RuleKind
from smartmoney.alerts.phrases import Names
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store

FURTHER_BACK = timedelta(days=1)


class StreamStale(Options):
    """A scheduled job has not succeeded for `times` its interval; of these jobs, or of all."""

    kind: ClassVar[RuleKind] = RuleKind.stream_stale

    jobs: tuple[Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")], ...] = Field((), max_length=20)
    times: float = Field(6, ge=1, le=1_000)

    def _watches(self, job: str) -> bool:
        return not self.jobs or job in self.jobs

    def read(self, store: Store, span: Span) -> RuleInputs:
        """Spans without a success that are too long."""
        least = {
            job: seconds * self.times
            for job, seconds in span.schedules.items()
            if seconds and self._watches(job)
        }
        if not least:
            return RuleInputs()
        reach = span.start - timedelta(seconds=max(least.values())) - FURTHER_BACK
        rows = store_alerts.staleness(store, least, span.start, span.now, reach)
        return RuleInputs(
            stale=[
                Staleness(row["job"], row["last"], row["next"], span.schedules[row["job"]])
                for row in rows
            ]
        )

    def evaluate(self, rule_id: int, inputs: RuleInputs, dedupe: Dedupe) -> None:
        """Offer every time a job had not succeeded for the rule's multiple of its schedule."""
        for stale in inputs.stale:
            at = stale.last + timedelta(seconds=stale.schedule_s * self.times)
            if self._watches(stale.job) and (stale.next is None or stale.next > at):
                dedupe.offer(_firing(rule_id, at, stale))

    def sentence(self, firing: Firing, names: Names) -> str:
        """Which job, and since when."""
        detail = firing.detail
        ended = detail.get("next")
        until = f"; it works again since {phrases.utc_text(ended)}" if ended else ""
        return (
            f"{detail['job']} has not succeeded since {phrases.utc_text(detail['last'])}, "
            f"though it is due every {detail['schedule_s'] / 60:,.0f} min{until}."
        )


def _firing(rule_id: int, at: datetime, stale: Staleness) -> Firing:
    return Firing(
        key=f"{rule_id}:stale:{stale.job}:{stale.last.timestamp():.0f}",
        at=at,
        detail={
            "job": stale.job,
            "last": stale.last.isoformat(),
            "schedule_s": stale.schedule_s,
            "next": stale.next.isoformat() if stale.next else None,
        },
    )
