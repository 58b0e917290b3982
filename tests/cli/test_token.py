"""`smartmoney token` makes what the routes that act take."""

from __future__ import annotations

import jwt

from tests.kit.commands import Run

SECRET = "a secret of more than thirty-two characters"


def test_a_token_names_its_holder_and_its_end(smartmoney: Run) -> None:
    done = smartmoney("token", "ann", "--days", "3", API_JWT_SECRET=SECRET)
    claims = jwt.decode(
        done.stdout.strip(), SECRET, ["HS256"], audience="smartmoney-api", issuer="smartmoney"
    )
    assert claims["sub"] == "ann" and claims["exp"] - claims["iat"] == 3 * 86_400


def test_without_a_secret_it_says_what_to_set(smartmoney: Run) -> None:
    done = smartmoney("token", "ann")
    assert (
        done.returncode == 2
        and done.stderr.startswith("API_JWT_SECRET is not set")
        and not done.stdout
    )
