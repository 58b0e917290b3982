"""Routes about alert rules, and the alerts that came of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from smartmoney.alerts import save_rule
from smartmoney.api.answers import answers
from smartmoney.api.auth import Actor
from smartmoney.api.errors import ApiError, not_found
from smartmoney.api.listing import envelope, listed, paged
from smartmoney.api.models.edited import MOST_RULES, AlertList, AlertRow, RuleList, RuleNew, RuleRow
from smartmoney.api.params import AlertQuery
from smartmoney.api.routes.common import CLOSED, LISTED, PLAIN, UNCHANGED, Number
from smartmoney.api.wire import encoded, shaped
from smartmoney.store import alerts as store_alerts
from smartmoney.store import reads
from smartmoney.store.db import Store

router = APIRouter(prefix="/api/alerts", tags=["alerts"], responses=UNCHANGED)
rules_router = APIRouter(prefix="/api/alert-rules", tags=["alerts"], dependencies=PLAIN)
MISSING = "There is no such alert rule."


@router.get("", response_model=AlertList, summary="Alerts", responses=LISTED)
async def list_alerts(request: Request, query: Annotated[AlertQuery, Query()]) -> Response:
    """Alerts, newest first, with deliveries and what the price did after."""

    def read(store: Store, filters: reads.AlertFilter) -> dict[str, Any]:
        newest = request.app.state.newest(store)
        return paged(
            AlertRow,
            reads.alerts(store, filters),
            newest.get("score_version"),
            newest.get("trades_up_to"),
        )

    return await listed(request, query, AlertRow, ["alerts"], read)


@rules_router.get("", response_model=RuleList, summary="Alert rules", responses=UNCHANGED)
async def list_rules(request: Request) -> Response:
    """Every rule with how often it fired."""

    def work(store: Store) -> dict[str, Any]:
        newest, items = request.app.state.newest(store), reads.alert_rules(store)
        return envelope(
            RuleRow,
            items,
            total=len(items),
            as_of=newest.get("scores_as_of"),
            version=newest.get("score_version"),
        )

    return await answers(request).current(request, work)


@rules_router.get(
    "/{number}", response_model=RuleRow, summary="One alert rule", responses=UNCHANGED
)
async def get_rule(request: Request, number: Number) -> Response:
    """A rule with how often it fired."""
    return await answers(request).current(request, lambda store: _rule(store, number))


@rules_router.post(
    "", response_model=RuleRow, status_code=201, summary="Make a rule", responses=CLOSED
)
async def add_rule(request: Request, wanted: RuleNew, who: Actor) -> Response:
    """A new rule: checked, tried on the last seven days, and refused where it would not stop firing."""

    def work(store: Store) -> bytes:
        if len(reads.alert_rules(store)) >= MOST_RULES:
            raise ApiError(
                422,
                "too_many",
                f"There are {MOST_RULES} rules, which is as many as there may be; delete one first.",
            )
        return _saved(request, store, wanted, who)

    return Response(await answers(request).run(work), 201, media_type="application/json")


@rules_router.put("/{number}", response_model=RuleRow, summary="Replace a rule", responses=CLOSED)
async def change_rule(request: Request, number: Number, wanted: RuleNew, who: Actor) -> Response:
    """Replaces name, kind, parameters and whether it is enabled; checked and tried like a new one."""

    def work(store: Store) -> bytes:
        _rule(store, number)
        return _saved(request, store, wanted, who, number)

    return Response(await answers(request).run(work), media_type="application/json")


@rules_router.delete("/{number}", status_code=204, summary="Delete a rule", responses=CLOSED)
async def delete_rule(request: Request, number: Number, who: Actor) -> Response:
    """Deletes the rule and its alerts."""
    if not await answers(request).run(lambda store: store_alerts.delete_alert_rule(store, number)):
        raise not_found(MISSING)
    return Response(status_code=204)


def _saved(
    request: Request, store: Store, wanted: RuleNew, who: str, number: int | None = None
) -> bytes:
    """The rule as it was saved, encoded."""
    now, every = datetime.now(UTC), request.app.state.settings.schedules()
    rule_id, _ = save_rule(
        store,
        wanted.name,
        wanted.kind,
        wanted.parameters,
        now=now,
        schedules=every,
        who=who,
        rule_id=number,
    )
    if number is not None or not wanted.enabled:
        store_alerts.change_alert_rule(store, rule_id, enabled=wanted.enabled)
    return encoded(_rule(store, rule_id))


def _rule(store: Store, rule_id: int) -> dict[str, Any]:
    row = reads.alert_rule(store, rule_id)
    if row is None:
        raise not_found(MISSING)
    return shaped(RuleRow, row)
