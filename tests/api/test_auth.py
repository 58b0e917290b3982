"""Tokens: made and read with one secret, refused when foreign, changed or old; none without a secret."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from smartmoney.api import create_app, issue_token
from smartmoney.api.auth import AUDIENCE, ISSUER, secret_of, subject_of
from smartmoney.api.errors import ApiError
from smartmoney.errors import ParameterError, SettingError
from smartmoney.settings import Settings, load
from tests.kit.api_server import SECRET, serving

ACTS = [
    ("POST", "/api/watchlist"),
    ("PUT", "/api/watchlist/1"),
    ("DELETE", "/api/watchlist/1"),
    ("POST", "/api/alert-rules"),
    ("PUT", "/api/alert-rules/1"),
    ("DELETE", "/api/alert-rules/1"),
    ("POST", f"/api/traders/0x{'1' * 40}/sync"),
]
BODIES = {"/api/watchlist": {"marketId": 1}, "/api/watchlist/1": {"note": "x"}}
RULE = {"name": "x", "kind": "tier_changes", "parameters": {"tiers": ["S"]}}


@pytest.fixture
def keyed() -> Settings:
    return load(api_jwt_secret=SECRET)


def claims(**changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    usual = {
        "sub": "me",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + timedelta(days=1),
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def unsigned() -> str:
    parts = ({"alg": "none", "typ": "JWT"}, {**claims(), "iat": 1, "exp": 9_999_999_999})
    return (
        ".".join(
            base64.urlsafe_b64encode(json.dumps(part, default=str).encode()).decode().rstrip("=")
            for part in parts
        )
        + "."
    )


def test_a_token_names_who_it_was_made_for(keyed: Settings) -> None:
    assert subject_of(issue_token(keyed, " ana ", 1), SECRET) == "ana"


REFUSED = {
    "empty": "",
    "a letter": "x",
    "no JSON": "a.b.c",
    "unsigned": unsigned(),
    "another secret": jwt.encode(claims(), "another secret of more than thirty-two", "HS256"),
    "another algorithm": jwt.encode(claims(), SECRET * 2, "HS512"),
    "expired": jwt.encode(claims(exp=datetime(2020, 1, 1, tzinfo=UTC)), SECRET, "HS256"),
    "for ever": jwt.encode(claims(exp=None), SECRET, "HS256"),
    "nobody's": jwt.encode(claims(sub=None), SECRET, "HS256"),
    "another audience": jwt.encode(claims(aud="another"), SECRET, "HS256"),
    "another issuer": jwt.encode(claims(iss="another"), SECRET, "HS256"),
    "from the future": jwt.encode(claims(iat=datetime(2090, 1, 1, tzinfo=UTC)), SECRET, "HS256"),
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(ApiError) as caught:
        subject_of(token, SECRET)
    assert caught.value.status_code == 401 and SECRET not in str(caught.value.detail)


@pytest.mark.parametrize(
    "subject, days", [("", 1), ("x" * 101, 1), ("a\nb", 1), ("me", 0), ("me", 99_999)]
)
def test_a_token_is_not_made_for_nobody_or_for_ever(
    keyed: Settings, subject: str, days: int
) -> None:
    with pytest.raises(ParameterError):
        issue_token(keyed, subject, days)


def test_without_a_secret_there_is_nothing_to_sign_with() -> None:
    assert secret_of(load()) is None
    with pytest.raises(SettingError, match="API_JWT_SECRET is not set"):
        issue_token(load(), "me", 1)


def test_a_secret_that_can_be_guessed_is_refused_at_the_start() -> None:
    with pytest.raises(SettingError, match="shorter than 32") as caught:
        create_app(load(api_jwt_secret="hunter2", database_url="postgresql://x@127.0.0.1:9/x"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("method, path", ACTS)
def test_acting_without_a_token_is_refused(client: httpx.Client, method: str, path: str) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic bWU6bWU="},
        {"Authorization": f"Bearer {jwt.encode(claims(), 'x' * 40, 'HS256')}"},
    ):
        response = client.request(
            method,
            path,
            headers=headers,
            json=BODIES.get(path, RULE) if method != "DELETE" else None,
        )
        assert response.status_code == 401, response.text
        assert (
            response.headers["www-authenticate"] == "Bearer"
            and response.json()["error"]["code"] == "unauthorized"
        )


def test_without_a_secret_acting_is_closed_and_says_how_to_open_it(settings: Settings) -> None:
    with (
        serving(create_app(settings)) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        for method, path in ACTS:
            response = client.request(method, path, headers={"Authorization": "Bearer x"})
            assert response.status_code in (403, 422), response.text
        error = client.delete("/api/watchlist/1").json()["error"]
        assert error["code"] == "acting_closed" and "set API_JWT_SECRET" in error["message"]
        assert client.get("/api/watchlist").status_code == 200
