"""Strangers choose names and questions; each place gets them in a form that does no harm there."""

from __future__ import annotations

import pytest

from smartmoney.text import INERT, LINE, STORED, sanitize

REVERSED = "abc\u202edcba\u2066x"


@pytest.mark.parametrize("rules", [STORED, LINE, INERT])
def test_no_rule_lets_controls_and_direction_marks_through(rules: object) -> None:
    shown = sanitize(f"a\x00b\x1b[31m{REVERSED}\ud800", 80, rules)  # type: ignore[arg-type]
    assert not set("\x00\x1b\u202e\u2066\ud800") & set(shown)


def test_what_is_stored_keeps_its_words_and_its_markup() -> None:
    assert sanitize("<b>Yes</b>  &amp; *no*", 80) == "<b>Yes</b>  &amp; *no*"


def test_a_line_is_one_line_with_its_joiners_and_says_that_it_was_cut() -> None:
    assert sanitize("one\n\ttwo  three", 80, LINE) == "one two three"
    assert "\u200d" in sanitize("👩\u200d👩", 80, LINE)
    assert sanitize("x" * 100, 10, LINE) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=HYPERLINK(1)", "HYPERLINK(1)"),
        ("&amp;lt;b&amp;gt;", "‹b›"),
        ("@everyone", "at everyone"),
        ("https://evil.example", "https: evil. example"),
        ("snake_case _x_", "snake_case x"),
    ],
)
def test_an_inert_line_does_nothing_anywhere(text: str, shown: str) -> None:
    assert sanitize(text, 80, INERT) == shown


def test_the_empty_text_stays_empty() -> None:
    assert {sanitize("", 5, rules) for rules in (STORED, LINE, INERT)} == {""}
