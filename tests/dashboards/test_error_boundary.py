"""An error in a callback shows a sentence or an id, never its text; the log has the rest, masked."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmoney.errors import ParameterError, SchemaMismatch, StoreUnavailable
from smartmoney.settings import Settings
from smartmoney.widgets import error_boundary

CANARY = "postgresql://sm_owner:c4nary-pass@db.internal/smartmoney"


def test_an_unexpected_error_is_an_id_on_the_page_and_masked_in_the_log(
    plain_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        error_boundary.LOG, "handlers", []
    )  # another test of this process may have sent it elsewhere
    path = error_boundary.log_to(plain_settings)
    told: list[str] = []

    def callback() -> None:
        raise RuntimeError(f"cannot reach {CANARY} nor json://canary-target.example")

    error_boundary.bounded(callback, told.append, "traders")()
    number = re.search(r"error ([0-9a-f]{8})", told[0])
    assert number and "c4nary" not in told[0] and "reach" not in told[0]
    log = path.read_text()
    assert number[1] in log and "RuntimeError" in log and Path(__file__).name in log
    assert "c4nary" not in log and "canary-target" not in log and "s3cret-word" not in log
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "error", [ParameterError("The list cannot be sorted by 'x'."), SchemaMismatch("Run it.")]
)
def test_errors_written_for_people_are_shown_as_they_are(error: Exception) -> None:
    assert error_boundary.sentence_for(error, "traders") == str(error)


def test_a_store_that_is_away_is_one_sentence() -> None:
    assert error_boundary.sentence_for(StoreUnavailable("x"), "traders") == error_boundary.AWAY


def test_a_guarded_callback_passes_its_arguments() -> None:
    seen: list[tuple[int, int]] = []
    error_boundary.bounded(lambda a, b=0: seen.append((a, b)), lambda _: None, "x")(1, b=2)
    assert seen == [(1, 2)]


@given(
    st.text(
        st.characters(blacklist_categories=("Cs", "Zs", "Cc"), blacklist_characters="@/:"),
        min_size=4,
        max_size=30,
    )
)
def test_a_password_in_an_address_is_masked(password: str) -> None:
    assert f":{password}@" not in error_boundary.redact(f"postgresql://user:{password}@host/db")


def test_known_secrets_are_masked_wherever_they_stand(plain_settings: Settings) -> None:
    known = error_boundary.secrets_of(plain_settings)
    assert error_boundary.redact(f"x {known[-1]} y", known) == "x *** y"


def test_the_pages_log_reaches_no_console(
    plain_settings: Settings, capfd: pytest.CaptureFixture[str], home: Path
) -> None:
    error_boundary.log_to(plain_settings)
    error_boundary.LOG.error("quiet")
    logging.captureWarnings(False)
    out, err = capfd.readouterr()
    assert "quiet" not in out + err
