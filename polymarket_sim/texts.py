"""Words: names of people, questions by category, tags, and texts that try to break whoever prints them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

HOSTILE = (
    "<script>alert('smartmoney')</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://evil.example","click")',
    "\u202egnp.exe\u202c \u200frtl \u2066mark\u2069",
    "</script><script>document.title='owned'</script>",
    "${7*7} {{7*7}} #{7*7} %{7*7}",
    "'; DROP TABLE trader; --",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "long " + "\u00e6\u00f8\u00e5\u6f22\u5b57\U0001f40b " * 40,
    "[click](javascript:alert(1)) `code` |pipe| \\n",
)

IMAGES = "https://polymarket-upload.s3.us-east-2.amazonaws.com"

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "politics": ("Politics", "Elections", "World", "U.S. Politics"),
    "sports": ("Sports", "Soccer", "NBA", "Tennis"),
    "crypto": ("Crypto", "Bitcoin", "Ethereum", "Crypto Prices"),
    "culture": ("Culture", "Movies", "Music", "Awards"),
    "economics": ("Economy", "Fed", "Inflation", "Jobs"),
    "tech": ("Tech", "AI", "Big Tech", "Space"),
    "weather": ("Weather", "Daily Temperature"),
    "mentions": ("Mentions", "Speeches"),
    "finance": ("Finance", "Stocks", "Earnings"),
}
CATEGORY_SHARE = (0.24, 0.26, 0.12, 0.08, 0.08, 0.08, 0.05, 0.04, 0.05)

PEOPLE = (
    "Alder",
    "Bianchi",
    "Cho",
    "Dvorak",
    "Eriksen",
    "Farouk",
    "Gomes",
    "Hartmann",
    "Ibarra",
    "Jansen",
    "Kovacs",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quintero",
    "Rossi",
    "Sato",
    "Tanaka",
    "Ueda",
    "Varga",
    "Weber",
    "Xu",
    "Yilmaz",
    "Zhou",
)
PLACES = (
    "Arcadia",
    "Borealia",
    "Cascadia",
    "Drakemoor",
    "Elbonia",
    "Florin",
    "Genovia",
    "Hyrule",
    "Illyria",
    "Jotunheim",
    "Krakozhia",
    "Latveria",
    "Markovia",
    "Narnia",
    "Osterlich",
    "Panem",
    "Qumar",
    "Ruritania",
    "Sokovia",
    "Tomania",
    "Urkesh",
    "Wakanda",
    "Zubrowka",
)
TEAMS = (
    "Falcons",
    "Rovers",
    "United",
    "City",
    "Bears",
    "Comets",
    "Wolves",
    "Harriers",
    "Athletic",
    "Rangers",
    "Sharks",
    "Pilots",
)
THINGS = (
    "a sequel",
    "a new album",
    "a tour",
    "a memoir",
    "a biopic",
    "a talk show",
    "a board game",
    "a fragrance",
)
FIRMS = (
    "Acme",
    "Globex",
    "Initech",
    "Umbrella",
    "Stark",
    "Wayne",
    "Tyrell",
    "Cyberdyne",
    "Hooli",
    "Vandelay",
    "Wonka",
    "Oscorp",
)
ADJECTIVES = (
    "Quick",
    "Mealy",
    "Spicy",
    "Ignorant",
    "Peppery",
    "Untimely",
    "Favorable",
    "Agitated",
    "Silent",
    "Golden",
    "Rusty",
    "Lucid",
    "Brave",
    "Dusty",
    "Frosty",
    "Humble",
    "Jolly",
    "Keen",
    "Lazy",
    "Mighty",
    "Noble",
    "Odd",
    "Proud",
    "Royal",
    "Salty",
    "Tidy",
)
NOUNS = (
    "Oar",
    "Neighbour",
    "Capital",
    "Webinar",
    "Spite",
    "Snorer",
    "Whale",
    "Otter",
    "Falcon",
    "Ledger",
    "Candle",
    "Hammer",
    "Anchor",
    "Badger",
    "Comet",
    "Dynamo",
    "Engine",
    "Flute",
    "Goblet",
    "Harbor",
    "Island",
    "Jacket",
    "Kettle",
    "Lantern",
    "Mirror",
    "Needle",
)
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "politics": (
        "Will {person} win the {place} election?",
        "Will {place} hold a referendum by {date}?",
        "Will {person} resign by {date}?",
    ),
    "sports": (
        "Will the {place} {team} win on {date}?",
        "{place} {team} vs. {place2} {team2}",
        "Will {person} reach the {place} Open final?",
    ),
    "crypto": (
        "Will Bitcoin be above ${number},000 on {date}?",
        "Will Ethereum reach ${number}00 by {date}?",
    ),
    "culture": (
        "Will {person} announce {thing} by {date}?",
        "Will {person} win Best Actor in {place}?",
    ),
    "economics": (
        "Will the {place} central bank cut rates in {month}?",
        "Will {place} inflation be above {number}% in {month}?",
    ),
    "tech": ("Will {firm} release a new model by {date}?", "Will {firm} be acquired by {date}?"),
    "weather": ("Will the high in {place} be above {number}\u00b0F on {date}?",),
    "mentions": ('Will {person} say "{place}" on {date}?',),
    "finance": (
        "Will {firm} close above ${number} on {date}?",
        "Will {firm} beat earnings in {month}?",
    ),
}
FAMILIES: Mapping[str, str] = {
    "politics": "Who will win the {place} election?",
    "sports": "Who will win the {place} Cup?",
    "economics": "What will the {place} central bank decide in {month}?",
    "culture": "Best Picture in {place}?",
    "tech": "Which firm has the best model by {date}?",
}


def pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    """One of the words."""
    return words[int(rng.integers(len(words)))]


def fill(rng: np.random.Generator, pattern: str, date: str, month: str) -> str:
    """A question or title from a pattern; all made-up names come from the lists above."""
    team, team2 = rng.permutation(np.array(TEAMS))[:2]
    place, place2 = rng.permutation(np.array(PLACES))[:2]
    return pattern.format(
        person=pick(rng, PEOPLE),
        place=place,
        place2=place2,
        team=team,
        team2=team2,
        thing=pick(rng, THINGS),
        firm=pick(rng, FIRMS),
        number=int(rng.integers(2, 140)),
        date=date,
        month=month,
    )


def slugify(text: str, number: int) -> str:
    """Lower-case ASCII words joined by dashes, made unique by a number."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split()
    return "-".join([*words[:14], str(number)])
