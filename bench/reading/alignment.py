"""Where the lines of one text stand in another, truth and reading or the other way round; order does not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from bench.reading.exchange import ReadLine
from bench.textscore import nearest_part, plain, prefix_distances

SHORTEST = 10
"""Characters; anything shorter is found everywhere."""
WORST_FOUND = 0.4
"""Share of wrong characters up to which a line counts as found."""
LEAST_GAIN = 5
"""Errors that cutting a line must save, and at least half of all, or it is taken for misread rather than displaced."""


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """A line, or a part of one, and the part of another text that is nearest to it; all of it plain text.

    Attributes:
        text: the line.
        part: what is nearest to it.
        errors: edit distance between them.
        start: place of the part in the other text.
        end: behind its last character.
    """

    text: str
    part: str
    errors: int
    start: int
    end: int

    @property
    def found(self) -> bool:
        """Whether the part is the line, well or badly read, and not merely something alike."""
        return self.errors <= WORST_FOUND * len(self.text)


def align_lines(text: str, hay: str) -> list[AlignedLine]:
    """Every line of a text that is long enough, beside its nearest part of ``hay`` (plain text)."""
    lines = [line for line in map(plain, text.split("\n")) if len(line) >= SHORTEST]
    return [piece for line in lines for piece in align(line, hay)]


def align(line: str, hay: str) -> list[AlignedLine]:
    """A line beside its nearest part of ``hay``; in pieces where these stand apart, as the cells of a table row do."""
    errors, start, end = nearest_part(line, hay)
    place = _cut(line, hay, errors) if errors >= LEAST_GAIN else None
    if place is None:
        return [AlignedLine(line, hay[start:end], errors, start, end)]
    return [*align(line[:place], hay), *align(line[place + 1 :], hay)]


def _cut(line: str, hay: str, errors: int) -> int | None:
    """The gap between words at which the line falls into two pieces that are clearly nearer to ``hay`` than it is."""
    before, behind = prefix_distances(line, hay), prefix_distances(line[::-1], hay[::-1])
    gaps = [place for place in range(SHORTEST, len(line) - SHORTEST) if line[place] == " "]
    if not gaps:
        return None
    costs = {place: before[place] + behind[len(line) - place - 1] for place in gaps}
    best = min(costs, key=costs.__getitem__)
    return best if costs[best] <= min(errors / 2, errors - LEAST_GAIN) else None


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
    words = [(word, plain(word.text).replace(" ", "")) for word in line.words]
    pieces = align(" ".join(text for _, text in words if text), hay)
    right = iter([verdict for piece in pieces for verdict in _verdicts(piece, hay)])
    verdicts = [(word.confidence, bool(text) and next(right)) for word, text in words]
    return [(confidence, verdict) for confidence, verdict in verdicts if confidence is not None]


def _verdicts(piece: AlignedLine, hay: str) -> list[bool]:
    """Whether each word of a piece stands in its part of the truth."""
    got, want = piece.text.split(" "), _whole_words(hay, piece.start, piece.end)
    same = [part for part in Levenshtein.opcodes(want, got) if part.tag == "equal"]
    right = {place for part in same for place in range(part.dest_start, part.dest_end)}
    return [place in right for place in range(len(got))]


def _whole_words(hay: str, start: int, end: int) -> list[str]:
    """The words of a part; those at its ends whole."""
    left = hay.rfind(" ", 0, start + 1) + 1
    right = hay.find(" ", max(start, end - 1))
    return hay[left : right if right >= 0 else len(hay)].split()
