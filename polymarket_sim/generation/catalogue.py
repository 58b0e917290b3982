"""Events and markets of a made-up world: what is asked, in which family, from when to when, and how it will
end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from polymarket_sim import ids, texts
from polymarket_sim.generation import resolution
from polymarket_sim.model import EventInfo, MarketInfo, Tag
from polymarket_sim.venue import LIVE, Venue
from smartmoney.units import DAY_SECONDS

LIFE_DAYS = {
    "politics": (20, 150),
    "sports": (2, 20),
    "crypto": (3, 30),
    "culture": (10, 90),
    "economics": (15, 60),
    "tech": (15, 120),
    "weather": (1, 5),
    "mentions": (1, 10),
    "finance": (2, 25),
}
FEES = {
    "crypto": 0.07,
    "sports": 0.05,
    "politics": 0.04,
    "mentions": 0.04,
    "finance": 0.04,
    "tech": 0.04,
}
"""Fee rates since 2026-07-10, as far as they differ from 0.05; sports had 0.03 before."""
SPORTS_CHANGE = 1_783_641_600
"""2026-07-10 00:00 UTC."""
QUICK_LIFE = 3_600
TAGS = {
    label: Tag(str(100 + number), label, texts.slugify(label, 0)[:-2])
    for number, label in enumerate(
        [
            *dict.fromkeys(label for labels in texts.CATEGORIES.values() for label in labels),
            "Up or Down",
            "5M",
            "Recurring",
        ]
    )
}


@dataclass
class Catalogue:
    """Events and markets under construction, with the lists `resolution.assemble` needs."""

    seed: int
    start: int
    now: int
    rng: np.random.Generator
    events: list[EventInfo] = field(default_factory=list)
    markets: list[MarketInfo] = field(default_factory=list)
    questions: list[resolution.Question] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    resolve_at: list[int] = field(default_factory=list)
    close_at: list[int] = field(default_factory=list)
    popularity: list[float] = field(default_factory=list)
    quick: list[bool] = field(default_factory=list)
    slugs: set[str] = field(default_factory=set)
    span: tuple[int, int] | None = None
    event_base: int = 0
    market_base: int = 0
    venue: Venue = LIVE

    def process(self) -> resolution.ResolutionProcess:
        """The decided future of everything listed so far."""
        opens = [market.open_at for market in self.markets]
        return resolution.assemble(
            self.questions,
            self.sizes,
            opens,
            self.close_at,
            self.resolve_at,
            self.popularity,
            self.quick,
        )


def catalogue(
    rng: np.random.Generator,
    seed: int,
    markets: int,
    start: int,
    now: int,
    venue: Venue = LIVE,
    *,
    hostile: bool = True,
) -> Catalogue:
    """Fill a catalogue with `markets` markets in about two thirds as many events; some texts are `hostile`."""
    book = Catalogue(seed, start, now, rng, venue=venue)
    while len(book.markets) < markets:
        room, style, category = markets - len(book.markets), rng.random(), pick_category(rng)
        if style < 0.16:
            add_quick(
                book, int(rng.integers((start + DAY_SECONDS) // 300, (now - 600) // 300)) * 300
            )
        elif style < 0.23 and room >= 3:
            _add_family(book, category, min(room, int(rng.integers(3, 9))))
        elif style < 0.32 and room >= 2:
            _add_event(book, category, min(room, int(rng.integers(2, 5))))
        else:
            _add_event(book, category, 1)
    _vandalise(book, len(texts.HOSTILE) if hostile else 0)
    _delay_resolution(book)
    publish(book, now)
    return book


def add_quick(book: Catalogue, begins: int) -> None:
    """A five-minute crypto event: Up or Down between `begins` and five minutes later."""
    coin = "Bitcoin" if book.rng.random() < 0.6 else "Ethereum"
    moment = datetime.fromtimestamp(begins, UTC)
    title = f"{coin} Up or Down - {moment:%B} {moment.day}, {moment:%H:%M} UTC, five minutes"
    slug = f"{'btc' if coin == 'Bitcoin' else 'eth'}-updown-5m-{begins}"
    slug += f"-{len(book.events) + book.event_base}" if slug in book.slugs else ""
    book.slugs.add(slug)
    event = _event(book, title, "crypto", begins + 300 - QUICK_LIFE, begins + 300, slug)
    event.tags += (TAGS["Up or Down"], TAGS["5M"], TAGS["Recurring"])
    closes = begins + 300
    question = resolution.binary(book.rng, begins - 300, closes, quick=True)
    _question(book, question, [(title, "", slug)], ("Up", "Down"), closes, closes + 60, True)


def add_fresh(book: Catalogue, begins: int) -> None:
    """A new event of any category that opens now."""
    category = pick_category(book.rng)
    low, high = LIFE_DAYS[category]
    book.span = begins, begins + int(book.rng.uniform(low, high) * DAY_SECONDS)
    if book.rng.random() < 0.2:
        _add_family(book, category, int(book.rng.integers(3, 9)))
    else:
        _add_event(book, category, int(book.rng.choice([1, 1, 1, 2, 3])))


def pick_category(rng: np.random.Generator) -> str:
    """A category in its usual share."""
    return list(texts.CATEGORIES)[int(rng.choice(len(texts.CATEGORIES), p=texts.CATEGORY_SHARE))]


def _span(book: Catalogue, category: str) -> tuple[int, int]:
    """From when to when a question of the category is open."""
    if book.span is not None:
        return book.span
    low, high = LIFE_DAYS[category]
    closes = int(
        book.rng.uniform(book.start + 2 * DAY_SECONDS, book.now + 0.35 * (book.now - book.start))
    )
    opens = closes - int(book.rng.uniform(low, high) * DAY_SECONDS)
    opens = min(max(opens, book.start + 3_600), book.now - 2 * 3_600)
    return opens, max(closes, book.start + 2 * DAY_SECONDS)


def _event(
    book: Catalogue, title: str, category: str, opens: int, closes: int, slug: str = ""
) -> EventInfo:
    number = len(book.events) + book.event_base
    late = int(book.rng.integers(1, 400)) * DAY_SECONDS if book.rng.random() < 0.25 else 0
    labels = texts.CATEGORIES[category]
    tags = (TAGS[labels[0]], *(TAGS[label] for label in labels[1:] if book.rng.random() < 0.4))
    icon = "" if book.rng.random() < 0.1 else f"{texts.IMAGES}/{category}.png"
    event = EventInfo(
        gamma_id=str(20_000 + number),
        slug=slug or texts.slugify(title, number),
        title=title,
        category=category,
        tags=tags,
        neg_risk=False,
        neg_risk_market_id="",
        created_at=opens - 3_600,
        end_at=(closes + late) // 3_600 * 3_600 if not slug else closes,
        icon=icon,
        description=f"{title} This event resolves by the consensus of credible reporting.",
    )
    book.events.append(event)
    return event


def _words(book: Catalogue, pattern: str, closes: int) -> str:
    date = datetime.fromtimestamp(closes, UTC)
    return texts.fill(book.rng, pattern, f"{date:%B} {date.day}", f"{date:%B}")


def _add_event(book: Catalogue, category: str, size: int) -> None:
    """One event of independent yes-or-no markets (or two teams)."""
    opens, closes = _span(book, category)
    title = _words(book, texts.pick(book.rng, texts.QUESTIONS[category]), closes)
    event = _event(book, title, category, opens, closes)
    for number in range(size):
        label = "" if size == 1 else f"{book.rng.integers(2, 90)}+"
        text = title if size == 1 else f"{title} ({label})"
        sides = title.split(" vs. ") if " vs. " in title and size == 1 else []
        shorter = closes - int(book.rng.uniform(0, 0.5) * (closes - opens)) if number else closes
        question = resolution.binary(book.rng, opens, shorter)
        slug = event.slug if size == 1 else f"{event.slug}-{number}"
        resolves = shorter + int(book.rng.uniform(2, 8) * 3_600)
        outcomes = (sides[0], sides[1]) if len(sides) == 2 else ("Yes", "No")
        _question(book, question, [(text, label, slug)], outcomes, shorter, resolves, False)


def _add_family(book: Catalogue, category: str, size: int) -> None:
    """A negative-risk event: `size` candidates, one winner."""
    category = category if category in texts.FAMILIES else "politics"
    opens, closes = _span(book, category)
    title = _words(book, texts.FAMILIES[category], closes)
    event = _event(book, title, category, opens, closes)
    event.neg_risk = True
    event.neg_risk_market_id = ids.digest("family", book.seed, event.gamma_id)[:-2] + "00"
    pool = texts.FIRMS if category == "tech" else texts.PEOPLE
    names = book.rng.permutation(np.array(pool))[:size].tolist()
    rows = [(f"{name}: {title}", name, f"{event.slug}-{name.lower()}") for name in names]
    question = resolution.exclusive(book.rng, size, opens, closes)
    _question(
        book,
        question,
        rows,
        ("Yes", "No"),
        closes,
        closes + int(book.rng.uniform(2, 8) * 3_600),
        False,
    )
    if size > 3 and book.rng.random() < book.venue.late_questions:
        late = book.markets[-1]
        late.open_at += int(book.rng.uniform(0.2, 0.6) * (closes - opens))


def _question(
    book: Catalogue,
    question: resolution.Question,
    rows: list[tuple[str, str, str]],
    outcomes: tuple[str, str],
    closes: int,
    resolves: int,
    quick: bool,
) -> None:
    event, event_number = book.events[-1], len(book.events) - 1 + book.event_base
    book.questions.append(question)
    book.sizes.append(len(rows))
    loudness = float(book.rng.lognormal(0.0, 1.2))
    for position, (text, label, slug) in enumerate(rows):
        question_id = ids.digest("question", book.seed, event.gamma_id, slug)
        if event.neg_risk:
            question_id = event.neg_risk_market_id[:-2] + f"{position:02x}"
        condition = ids.condition_id(question_id)
        free = book.rng.random() < 0.25
        new = _is_new(book, event, len(rows), quick)
        condition = ids.digest_condition(question_id) if new else condition
        book.markets.append(
            MarketInfo(
                gamma_id=str(500_000 + len(book.markets) + book.market_base),
                condition_id=condition,
                question_id=question_id,
                event=event_number,
                slug=slug,
                question=text,
                description=f'This market resolves to "{outcomes[0]}" if so. {text}',
                outcomes=outcomes,
                token_ids=ids.position_ids(condition)
                if new
                else ids.token_ids(condition, event.neg_risk),
                group_item_title=label,
                fee_rate=None if free else _fee(book, event),
                open_at=event.created_at + 3_600,
                end_at=event.end_at,
                tick_micro=1_000 if event.neg_risk or book.rng.random() < 0.1 else 10_000,
                icon=event.icon,
                version="v2" if new else "v1",
            )
        )
        event.markets.append(len(book.markets) - 1 + book.market_base)
        book.close_at.append(closes)
        book.resolve_at.append(resolves)
        book.popularity.append(
            loudness * float(book.rng.lognormal(0.0, 0.5)) * (0.5 if quick else 1.0)
        )
        book.quick.append(quick)


def _is_new(book: Catalogue, event: EventInfo, size: int, quick: bool) -> bool:
    """Whether a question becomes a Protocol V2 market: single, long-lived ones only."""
    alone = size == 1 and not quick and not event.neg_risk
    return alone and bool(book.rng.random() < book.venue.version_2)


def _fee(book: Catalogue, event: EventInfo) -> float | None:
    if event.category == "sports" and event.created_at < SPORTS_CHANGE:
        return 0.03
    return FEES.get(event.category, 0.05)


def _delay_resolution(book: Catalogue) -> None:
    """Some recently closed markets are disputed: closed, but not resolved for days. At least one, if any is
    closed."""
    recent = [
        n
        for n, at in enumerate(book.close_at)
        if book.now - 4 * DAY_SECONDS < at <= book.now and not book.quick[n]
    ]
    closed = [n for n, at in enumerate(book.close_at) if at <= book.now and not book.quick[n]]
    latest = max(closed, key=lambda n: book.close_at[n], default=-1)
    for number in sorted({*recent, latest} - {-1}):
        family = book.events[book.markets[number].event]
        if number == latest or (not family.neg_risk and book.rng.random() < 0.5):
            for sibling in family.markets if family.neg_risk else [number]:
                book.resolve_at[sibling] = max(book.now, book.close_at[sibling]) + int(
                    book.rng.uniform(0.1, 3) * DAY_SECONDS
                )


def publish(book: Catalogue, now: int) -> None:
    """Write into the markets what is public at `now`: whether they closed, and how they resolved."""
    decided = book.process()
    for number, market in enumerate(book.markets):
        market.open_price_micro = decided.open_price_micro(number)
        market.closed_at = book.close_at[number] if book.close_at[number] <= now else None
        if book.resolve_at[number] <= now:
            question = book.questions[decided.question_of[number]]
            market.resolved_at = book.resolve_at[number]
            market.payouts = question.payout_micro(int(decided.position[number]))


def _vandalise(book: Catalogue, most: int) -> None:
    """Hostile texts in a few titles and outcome labels; a single-market event shares its title with the
    market."""
    plain = [
        n
        for n, market in enumerate(book.markets)
        if not book.events[market.event].neg_risk and not book.quick[n]
    ]
    victims = book.rng.permutation(plain)[: min(most, len(plain) // 20)].tolist()
    for text, victim in zip(texts.HOSTILE, victims, strict=False):
        book.markets[victim].question = text
        book.events[book.markets[victim].event].title = text
    for text, victim in zip(texts.HOSTILE[:3], victims[3:6], strict=False):
        book.markets[victim].outcomes = (text, "No")
