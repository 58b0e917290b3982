"""Routes about the service itself: health, metrics, documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import RedirectResponse, Response

from smartmoney.api.models.health import Health
from smartmoney.api.routes.common import PROBLEMS

router = APIRouter(tags=["service"])
PAGE = Path(__file__).parents[1] / "page"
KINDS = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; img-src data:; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
LIMITED: dict[int | str, dict[str, Any]] = {
    429: PROBLEMS[429],
    503: {"model": Health, "description": "The database is away, or a stream is red."},
}


@router.get("/health", response_model=Health, summary="Is all well?", responses=LIMITED)
async def health(request: Request) -> Response:
    """Database, Prefect, every stream against its schedule, in plain consequences.

    503 when the database is away or a stream is red; Prefect being away alone is a warning.
    """
    body, content = await request.app.state.health.look()
    return Response(
        content,
        503 if body["status"] == "down" else 200,
        {"Cache-Control": "no-store"},
        "application/json",
    )


@router.get(
    "/metrics",
    summary="Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        429: PROBLEMS[429],
    },
)
async def metrics(request: Request) -> Response:
    """Counters of this process and gauges of the whole, in Prometheus' text format."""
    body, _ = await request.app.state.health.look()
    return Response(
        request.app.state.metrics.text(body), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


@router.get("/", include_in_schema=False)
async def root() -> Response:
    """To the documentation."""
    return RedirectResponse("/docs", 307)


@router.get("/docs", include_in_schema=False)
async def docs() -> Response:
    """The documentation, drawn from /openapi.json by a page of our own."""
    return _file("html")


@router.get("/docs/page.{kind}", include_in_schema=False)
async def asset(kind: Literal["js", "css"]) -> Response:
    """What that page needs."""
    return _file(kind)


def _file(kind: str) -> Response:
    headers = {
        "Content-Type": KINDS[kind],
        "Content-Security-Policy": PAGE_POLICY,
        "Cache-Control": "max-age=300",
    }
    return Response((PAGE / f"page.{kind}").read_bytes(), headers=headers)
