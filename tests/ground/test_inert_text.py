"""Texts of strangers come out harmless, whatever they are."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmoney.text import HIDDEN, INERT, sanitize

NASTY = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&;@*_`[](){}|\\~=+-#!/\u202e\u200b\x00\r\n.\"'"))
)


@given(NASTY, st.integers(1, 200))
def test_nothing_dangerous_is_left(text: str, most: int) -> None:
    made = sanitize(text, most, INERT)
    assert len(made) <= most
    assert not set(made) & set('<>[]{}|\\*`~"@\r\n\t')
    assert not any(unicodedata.category(letter) in HIDDEN for letter in made)
    assert not made.startswith(("=", "+", "-", "@", "#", "/", " "))
    assert "://" not in made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Will BTC hit $100,000 by Dec. 31?", "Will BTC hit $100,000 by Dec. 31?"),
        ("john_doe", "john_doe"),
        ("_shout_", "shout"),
        ("<script>alert(1)</script>", "‹script›alert(1)‹/script›"),
        ("&lt;img src=x onerror=alert(1)&gt;", "‹img src=x onerror=alert(1)›"),
        ("&amp;lt;b&amp;gt;", "‹b›"),
        ('=HYPERLINK("http://evil.com","x")', "HYPERLINK('http: evil. com','x')"),
        ("@everyone free money", "at everyone free money"),
        ("\u202eevil\u202c\x00\x07", "evil"),
        ("＜b＞", "‹b›"),
        ("a\r\nBcc: victim@x.com", "a Bcc: victim at x. com"),
        ("", ""),
    ],
)
def test_known_tricks(text: str, expected: str) -> None:
    assert sanitize(text, 140, INERT) == expected


def test_long_texts_are_cut() -> None:
    assert sanitize("a" * 10_000_000, 10, INERT) == "a" * 9 + "…"
