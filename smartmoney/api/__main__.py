"""`python -m smartmoney.api --port 8000 --host 127.0.0.1`: serve the REST API until told to stop."""

from __future__ import annotations

import argparse
import logging
import socket
import sys

import uvicorn

from smartmoney.api.app import create_app
from smartmoney.errors import SettingError, SmartmoneyError
from smartmoney.logs import configure
from smartmoney.settings import Settings, get_settings

FIRST_PORT, PORTS = 8_000, 100
STOP_SECONDS = 10
log = logging.getLogger("smartmoney.api")


def bound(host: str, port: int) -> socket.socket:
    """A listening socket on `port`; with 0, on 8000 or the next free one.

    Raises:
        SettingError: the port, or each of a hundred, is taken, or the host is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    problem: OSError | None = None
    for wanted in [port] if port else range(FIRST_PORT, FIRST_PORT + PORTS):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, wanted))
            listener.listen()
        except OSError as error:
            listener.close()
            problem = error
            continue
        return listener
    raise SettingError(
        f"The REST API cannot listen on {host}, port {port or FIRST_PORT}: "
        f"{problem.strerror if problem else 'taken'}. Set API_PORT or BIND_HOST."
    )


def main(arguments: list[str] | None = None) -> int:
    """Serve; 2 when a setting stands in the way."""
    parser = argparse.ArgumentParser(
        prog="python -m smartmoney.api", description="Serve smartmoney's REST API."
    )
    parser.add_argument(
        "--port", type=int, help="port; default API_PORT, else 8000 or the next free one"
    )
    parser.add_argument("--host", help="address; default BIND_HOST")
    given = parser.parse_args(arguments)
    try:
        settings = resolved(given.host, given.port)
        app = create_app(settings)
        listener = bound(settings.bind_host, settings.api_port)
    except SmartmoneyError as error:
        print(error, file=sys.stderr)
        return 2
    configure(settings)
    host, port = listener.getsockname()[:2]
    log.info("listening on http://%s:%s", f"[{host}]" if ":" in host else host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def resolved(host: str | None, port: int | None) -> Settings:
    """This process's settings with what the command line says."""
    given = {
        name: value
        for name, value in (("bind_host", host), ("api_port", port))
        if value is not None
    }
    return get_settings().model_copy(update=given)


if __name__ == "__main__":
    sys.exit(main())
