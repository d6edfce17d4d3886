"""Where the lines of a truth stand in a reading, and the other way round; reading order does not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from bench.reading.exchange import ReadLine
from bench.textscore import nearest_part, plain

SHORTEST = 10
"""Characters; anything shorter is found everywhere."""
WORST_FOUND = 0.4
"""Share of wrong characters up to which a line counts as found."""


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """A line of the truth and the part of the reading that is nearest to it.

    Attributes:
        truth: plain text.
        read: plain text.
        errors: edit distance between them.
        start: place of the part in the plain reading.
        end: behind its last character.
    """

    truth: str
    read: str
    errors: int
    start: int
    end: int

    @property
    def found(self) -> bool:
        """Whether the part is a reading of the line, and not merely something alike."""
        return self.errors <= WORST_FOUND * len(self.truth)


def align_lines(truth: str, hay: str) -> list[AlignedLine]:
    """Every line of the truth that is long enough, beside its nearest part of ``hay`` (plain text)."""
    lines = [line for line in map(plain, truth.split("\n")) if len(line) >= SHORTEST]
    return [_aligned(line, hay) for line in lines]


def _aligned(line: str, hay: str) -> AlignedLine:
    errors, start, end = nearest_part(line, hay)
    return AlignedLine(line, hay[start:end], errors, start, end)


def joined(lines: Sequence[ReadLine]) -> tuple[str, list[tuple[int, int]]]:
    """The plain text of lines that were read, and where each of them stands in it."""
    texts = [plain(line.text) for line in lines]
    spans, place = [], 0
    for text in texts:
        spans.append((place, place + len(text)))
        place += len(text) + 1
    return " ".join(texts), spans


def judged_words(lines: Sequence[ReadLine], truth: str) -> list[tuple[float, bool]]:
    """Confidence of every word that has one, and whether it was read right.

    Each line is laid beside the nearest part of the truth, and words beside words. A word is right if all its
    characters are, marks around it included.
    """
    hay = plain(truth)
    return [judged for line in lines for judged in _judged(line, hay)]


def _judged(line: ReadLine, hay: str) -> list[tuple[float, bool]]:
    got = [plain(word.text) for word in line.words]
    _, start, end = nearest_part(" ".join(got), hay)
    want = _whole_words(hay, start, end)
    right = {
        place
        for part in Levenshtein.opcodes(want, got)
        if part.tag == "equal"
        for place in range(part.dest_start, part.dest_end)
    }
    sure = enumerate(word.confidence for word in line.words)
    return [(confidence, place in right) for place, confidence in sure if confidence is not None]


def _whole_words(hay: str, start: int, end: int) -> list[str]:
    """The words of a part; those at its ends whole."""
    left = hay.rfind(" ", 0, start + 1) + 1
    right = hay.find(" ", max(start, end - 1))
    return hay[left : right if right >= 0 else len(hay)].split()
