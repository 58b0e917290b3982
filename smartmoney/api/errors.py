"""One shape for every error: a code for programs, a sentence for people, the request's id; no traceback."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from smartmoney.api.wire import encoded
from smartmoney.errors import (
    AlreadyRunning,
    ParameterError,
    QueryTooSlow,
    SchemaMismatch,
    TemporaryError,
    UserError,
)

log = logging.getLogger(__name__)
RETRY_SECONDS = 2
SENTENCES = {
    404: ("not_found", "There is nothing at this address; /docs lists what there is."),
    405: (
        "method_not_allowed",
        "This address does not take that method; the header Allow names those it takes.",
    ),
}
SLOW = "The database took longer than 10 seconds; narrow the filter or try again."
UNREADY = (
    "The database was not migrated for this version; run `smartmoney up` or `smartmoney migrate`."
)
BROKEN = "Something went wrong here; the server's log tells more under this request id."


class ApiError(HTTPException):
    """An answer that is no success: status, code, sentence, and what goes with it."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        parameter: str | None = None,
        headers: Mapping[str, str] | None = None,
        trading_wallet: str | None = None,
    ) -> None:
        super().__init__(status, message, headers)
        self.code = code
        self.parameter = parameter
        self.trading_wallet = trading_wallet

    def response(self, request_id: str) -> Response:
        """The error as it is sent."""
        error: dict[str, Any] = {"code": self.code, "message": self.detail, "requestId": request_id}
        if self.parameter is not None:
            error["parameter"] = self.parameter
        if self.trading_wallet is not None:
            error["tradingWallet"] = self.trading_wallet
        headers = {**(self.headers or {}), "Cache-Control": "no-store"}
        return Response(encoded({"error": error}), self.status_code, headers, "application/json")


def not_found(what: str) -> ApiError:
    """404 with a sentence that names what is missing."""
    return ApiError(404, "not_found", what)


def sorted_out(error: Exception, request_id: str = "") -> ApiError:
    """Any exception as the answer it deserves; what was not foreseen is 500 and logged with its traceback."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        code, message = SENTENCES.get(error.status_code, ("http_error", str(error.detail)))
        return ApiError(error.status_code, code, message, headers=error.headers)
    return _by_kind(error) or _unforeseen(error, request_id)


def _by_kind(error: Exception) -> ApiError | None:
    if isinstance(error, ParameterError):
        return ApiError(422, "parameter_wrong", str(error), error.parameter)
    if isinstance(error, UserError):
        return ApiError(400, "request_wrong", str(error))
    if isinstance(error, AlreadyRunning):
        return ApiError(409, "already_running", str(error))
    if isinstance(error, QueryTooSlow):
        return _later("too_slow", SLOW)
    if isinstance(error, TemporaryError):
        return _later("unavailable", str(error))
    if isinstance(error, SchemaMismatch):
        return _later("schema_mismatch", UNREADY)
    return None


def _later(code: str, message: str) -> ApiError:
    return ApiError(503, code, message, headers={"Retry-After": str(RETRY_SECONDS)})


def _unforeseen(error: Exception, request_id: str) -> ApiError:
    log.error("unforeseen error", exc_info=error, extra={"fields": {"requestId": request_id}})
    return ApiError(500, "internal", BROKEN)


def _invalid(error: RequestValidationError) -> ApiError:
    first = error.errors()[0]
    parameter = (
        str(first["loc"][1])[:80]
        if len(first["loc"]) > 1 and isinstance(first["loc"][1], str)
        else None
    )
    if first["type"] == "extra_forbidden":
        kind = "parameter" if first["loc"][0] == "query" else "field"
        message = f"There is no {kind} {parameter!r} here; see /docs."
    else:
        message = f"{parameter or 'The body'}: {str(first['msg'])[:300]}."
    return ApiError(422, "parameter_wrong", message, parameter)


async def answer(request: Request, error: Exception) -> Response:
    """Exception handler of the app."""
    request_id = request.scope.get("request_id", "")
    found = sorted_out(error, request_id)
    if found.status_code == 405:
        found.headers = {"Allow": ", ".join(sorted(_methods_here(request)))}
    return found.response(request_id)


def _methods_here(request: Request) -> set[str]:
    """Every method that some route takes at this address; whatever takes GET takes HEAD."""
    routes = (
        route
        for route in request.app.state.routes
        if route.matches(request.scope)[0] is not Match.NONE
    )
    found = {method for route in routes for method in route.methods}
    return found | ({"HEAD"} if "GET" in found else set())
