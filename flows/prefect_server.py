"""Prefect's server behind our door: it answers any Host by itself, and its websockets take any Origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from prefect.server.api.server import create_app
from starlette.types import ASGIApp

from smartmoney.listeners import LOOPBACK, Door
from smartmoney.settings import Settings, get_settings


def app() -> ASGIApp:
    """The application for uvicorn, from the environment that `supervise.environment` writes."""
    return behind_door(create_app(), get_settings())


def behind_door(server: ASGIApp, settings: Settings) -> Door:
    """On loopback it answers to this machine's names and PREFECT_PUBLIC_URL's; beyond, to any: people open it by theirs."""
    public = (settings.prefect_public_url or "").rstrip("/").lower()
    names = {urlsplit(public).hostname or ""} if public else set()
    hosts = LOOPBACK | names if settings.bind_host in LOOPBACK else None
    return Door(server, hosts, {public} if public else ())
