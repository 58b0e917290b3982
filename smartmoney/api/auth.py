"""Bearer tokens: HS256, signed with API_JWT_SECRET. Changing the secret ends every token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import jwt
from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from smartmoney.api.errors import ApiError
from smartmoney.errors import ParameterError, SettingError
from smartmoney.settings import Settings

ISSUER, AUDIENCE, ALGORITHM = "smartmoney", "smartmoney-api", "HS256"
SHORTEST_SECRET = 32
LONGEST_SUBJECT = 100
MOST_DAYS = 3_650
HOW_TO_OPEN = (
    "This route acts, and acting is closed here: set API_JWT_SECRET to 32 or more random characters, "
    "restart the API, and make a token with `smartmoney token`."
)
HOW_TO_ASK = "Send `Authorization: Bearer TOKEN`; `smartmoney token` makes one."
bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="A token made with `smartmoney token`."
)


def secret_of(settings: Settings) -> str | None:
    """The signing key, or None where acting is closed.

    Raises:
        SettingError: it is too short to withstand guessing.
    """
    if settings.api_jwt_secret is None or not settings.api_jwt_secret.get_secret_value():
        return None
    secret = settings.api_jwt_secret.get_secret_value()
    if len(secret.encode()) < SHORTEST_SECRET:
        raise SettingError(
            f"API_JWT_SECRET is shorter than {SHORTEST_SECRET} characters; give it random ones, "
            "as from `openssl rand -hex 32`."
        )
    return secret


def issue_token(settings: Settings, subject: str, days: int = 30) -> str:
    """A bearer token for the routes that act.

    Args:
        settings: whose `api_jwt_secret` signs it.
        subject: who will act, 1 to 100 characters; kept with what they make.
        days: how long it is valid, 1 to 3,650.

    Raises:
        SettingError: API_JWT_SECRET is unset or too short.
        ParameterError: subject or days are out of range.
    """
    secret = secret_of(settings)
    if secret is None:
        raise SettingError(
            "API_JWT_SECRET is not set, so there is nothing to sign a token with; "
            "set it to 32 or more random characters."
        )
    name = subject.strip()
    if not 1 <= len(name) <= LONGEST_SUBJECT or not name.isprintable():
        raise ParameterError(
            "A token's subject has 1 to 100 printable characters; it says who acts."
        )
    if not 1 <= days <= MOST_DAYS:
        raise ParameterError(f"A token is valid for 1 to {MOST_DAYS:,} days.")
    now = datetime.now(UTC)
    claims = {
        "sub": name,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + timedelta(days=days),
    }
    return jwt.encode(claims, secret, ALGORITHM)


def subject_of(token: str, secret: str) -> str:
    """Whose token it is.

    Raises:
        ApiError: 401, it is not ours, was changed, or has expired.
    """
    try:
        claims = jwt.decode(
            token,
            secret,
            [ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["sub", "exp", "iat", "aud", "iss"]},
        )
    except jwt.ExpiredSignatureError:
        raise _unauthorized("This token has expired.") from None
    except jwt.InvalidTokenError:
        raise _unauthorized("This token is not valid here.") from None
    return str(claims["sub"])[:LONGEST_SUBJECT]


def _unauthorized(what: str) -> ApiError:
    return ApiError(
        401, "unauthorized", f"{what} {HOW_TO_ASK}", headers={"WWW-Authenticate": "Bearer"}
    )


def actor(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]
) -> str:
    """Dependency of every route that acts: who does it.

    Raises:
        ApiError: 403 while no secret is set, 401 without a valid token.
    """
    secret: str | None = request.app.state.jwt_secret
    if secret is None:
        raise ApiError(403, "acting_closed", HOW_TO_OPEN)
    if given is None:
        raise _unauthorized("This route needs a token.")
    return subject_of(given.credentials, secret)


Actor = Annotated[str, Security(actor)]
