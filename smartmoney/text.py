"""Text of strangers made fit for its place: display names, questions and error messages come from outside."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories without a glyph: controls, direction marks, halves of characters."""
MARKUP = str.maketrans(
    {
        "<": "‹",
        ">": "›",
        "[": "(",
        "]": ")",
        "{": "(",
        "}": ")",
        "|": "/",
        "\\": "/",
        "*": " ",
        "`": "'",
        "~": "-",
        '"': "'",
        "“": "'",
        "”": "'",
        "@": " at ",
    }
)
FORMULA = "=+-@#!/^%'\t "
"""What makes a spreadsheet read a cell as a formula, and a chat read a line as markup."""
JOINERS = "\u200c\u200d\ufe0f"
"""Invisible, but they hold together what people write in Persian, in Hindi and in emoji."""
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc\ud800-\udfff]+"
)
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LONE_UNDERSCORE = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_LINK = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
_STACKED = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff])[\u0300-\u036f\u0483-\u0489"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a place does not bear.

    Attributes:
        one_line: any run of spaces, line breaks included, becomes one space.
        printable: letters without a glyph go, joiners excepted.
        inert: no markup, entity, mention, link, formula or pile of accents is left.
        ellipsis: a cut is shown.
    """

    one_line: bool = False
    printable: bool = False
    inert: bool = False
    ellipsis: bool = False


STORED = Rules()
"""As it came, but for controls, direction marks and halves of characters."""
LINE = Rules(one_line=True, printable=True, ellipsis=True)
"""One line of a page, which escapes it."""
INERT = Rules(one_line=True, inert=True, ellipsis=True)
"""One line of a message or a spreadsheet, where nothing escapes it."""


def sanitize(text: str, most: int, rules: Rules = STORED) -> str:
    """The text made fit for a place, at most `most` letters long; the empty text stays empty."""
    if rules.inert:
        text = _inert(text[: 16 * most + 800], most)
    elif rules.printable:
        text = "".join(
            each for each in text if each.isprintable() or each.isspace() or each in JOINERS
        )
    elif not (text.isascii() and text.isprintable()):
        text = _CONTROL.sub(" ", text[: 4 * most]).strip()
    if rules.one_line:
        text = " ".join(text.split())
    if rules.inert:
        text = text.lstrip(FORMULA).rstrip()
    if len(text) <= most:
        return text
    return text[: most - 1].rstrip() + "…" if rules.ellipsis else text[:most]


def _inert(text: str, most: int) -> str:
    for _ in range(3):
        text = html.unescape(text)
    text = unicodedata.normalize("NFKC", text[: 4 * most + 200])
    text = "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter.isspace() or unicodedata.category(letter) not in HIDDEN
    )
    text = _ENTITY.sub("+", _STACKED.sub(r"\1", text).translate(MARKUP))
    return _LINK.sub(". ", _LONE_UNDERSCORE.sub(" ", text).replace("://", ": "))
