"""What is said about a dump: what was taken, what was skipped and why, what is in doubt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from polymarket_sim.recorded.fields import label

MOST_LINES, MOST_NUMBERS = 200, 12


@dataclass
class Notes:
    """Sentences about a dump, equal ones about rows of one file together."""

    lines: list[str] = field(default_factory=list)
    skipped: dict[tuple[Path, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def skip(self, file: Path, number: int, why: str) -> None:
        """Note a row that is not taken."""
        self.skipped[file, why].append(number)

    def say(self, line: str) -> None:
        """Note a sentence."""
        self.lines.append(line)

    def sentences(self) -> list[str]:
        """All of it; many lines of skipped rows end in a count."""
        lines = [
            f"Skipped {label(file)}, {numbered(numbers)}: {why}."
            for (file, why), numbers in self.skipped.items()
        ]
        if len(lines) > MOST_LINES:
            rest = sum(len(numbers) for numbers in list(self.skipped.values())[MOST_LINES:])
            lines = [*lines[:MOST_LINES], f"Skipped {rest} more rows for other reasons."]
        return [*self.lines, *lines]


def numbered(numbers: Sequence[int]) -> str:
    """Rows by their numbers, the first of many."""
    shown = ", ".join(map(str, numbers[:MOST_NUMBERS]))
    more = len(numbers) - MOST_NUMBERS
    word = "row" if len(numbers) == 1 else "rows"
    return f"{word} {shown}" + (f" and {more} more" if more > 0 else "")


def counted(number: int, word: str) -> str:
    """A number of things."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
