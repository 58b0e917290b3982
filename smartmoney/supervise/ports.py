"""Ports: the one asked for or nothing; where nothing was asked, the usual one or the next free one."""

from __future__ import annotations

import socket

from smartmoney.errors import SettingError
from smartmoney.settings import Settings

USUAL = {"voila": 8866, "api": 8000, "prefect": 4200, "lab": 8888, "simulator": 8787}
TRIED = 200
_held: list[int] = []  # names of ports promised to programs that do not listen yet


def choose(name: str, settings: Settings) -> int:
    """The port for `name`, promised to this process until it ends.

    Raises:
        SettingError: the port asked for is taken, or none is free.
    """
    wanted = int(getattr(settings, f"{name}_port"))
    for port in [wanted] if wanted else range(USUAL[name], USUAL[name] + TRIED):
        if is_free(settings.bind_host, port) and _promise(port):
            return port
    setting = f"{name.upper()}_PORT"
    if wanted:
        raise SettingError(
            f"{setting} asks for port {wanted}, which is taken; stop what listens there, or set {setting} "
            "to another port, or to 0 for any free one."
        )
    raise SettingError(
        f"No port from {USUAL[name]} to {USUAL[name] + TRIED - 1} is free; set {setting}."
    )


def is_free(host: str, port: int) -> bool:
    """Can a server listen there now?"""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _promise(port: int) -> bool:
    """Keep two installations that start at the same moment from choosing the same port.

    The promise is a name among Linux's abstract sockets: it is no file, and ends with this process.
    """
    promise = socket.socket(socket.AF_UNIX)
    try:
        promise.bind(f"\0smartmoney-port-{port}")
    except OSError:
        promise.close()
        return False
    _held.append(promise.detach())
    return True
