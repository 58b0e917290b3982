"""Text from outside made harmless: display names, questions and outcome names are chosen by strangers.

What comes out is one line without markup, formulas, mentions, links, or characters that reorder or hide text,
so it can be put into a message, a table, a spreadsheet or a page. Pages still escape it.
"""

from __future__ import annotations

import html
import re
import unicodedata

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
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
ENTITY = re.compile(r"&(?=#?\w+;)")
LONE_UNDERSCORE = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
LINK = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
STACKED = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff])[\u0300-\u036f\u0483-\u0489"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)


def plain(text: str, most: int = 140) -> str:
    """The text as one harmless line of at most `most` letters; the empty text stays empty."""
    for _ in range(3):
        text = html.unescape(text)
    text = unicodedata.normalize("NFKC", text[: 4 * most + 200])
    text = "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter.isspace() or unicodedata.category(letter) not in HIDDEN
    )
    text = ENTITY.sub("+", STACKED.sub(r"\1", text).translate(MARKUP))
    text = LINK.sub(". ", LONE_UNDERSCORE.sub(" ", text).replace("://", ": "))
    text = " ".join(text.split()).lstrip(FORMULA).rstrip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
