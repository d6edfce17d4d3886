"""What was read for what: letters by aligned lines, marks of words, words lost and invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

from bench.reading.alignment import AlignedLine
from bench.textscore import paired_words, words
from core.text import bare_letter


class Kind(StrEnum):
    """What sort of error a confusion is."""

    MARK = "mark of a letter"
    CASE = "capital or small"
    LETTER = "letter"
    DIGIT = "digit"
    SIGN = "punctuation"
    GAP = "gap between words"
    LOST = "letter lost"
    INVENTED = "letter invented"


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often one character was read for another; nothing stands for a lost or an invented one."""

    truth: str
    read: str
    times: int
    example: tuple[str, str]
    """Words of truth and reading around its first case."""

    @property
    def kind(self) -> Kind:
        """What sort of error it is."""
        return kind_of(self.truth, self.read)


def kind_of(truth: str, read: str) -> Kind:
    """The sort of error, of single characters or nothing."""
    if " " in (truth, read):
        return Kind.GAP
    if not any(char.isalnum() for char in truth + read):
        return Kind.SIGN
    if not read or not truth:
        return Kind.LOST if truth else Kind.INVENTED
    if any(char.isdigit() for char in truth + read):
        return Kind.DIGIT
    if truth.lower() == read.lower():
        return Kind.CASE
    if bare_letter(truth).lower() == bare_letter(read).lower():
        return Kind.MARK
    return Kind.LETTER if truth.isalpha() and read.isalpha() else Kind.SIGN


def letter_confusions(lines: Iterable[AlignedLine]) -> list[Confusion]:
    """Confusions of the lines that were found, the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], tuple[str, str]] = {}
    for line in lines:
        for edit in Levenshtein.editops(line.text, line.part) if line.found else ():
            want = "" if edit.tag == "insert" else line.text[edit.src_pos]
            got = "" if edit.tag == "delete" else line.part[edit.dest_pos]
            counts[want, got] += 1
            around = (_around(line.text, edit.src_pos), _around(line.part, edit.dest_pos))
            examples.setdefault((want, got), around)
    return [Confusion(*pair, times, examples[pair]) for pair, times in counts.most_common()]


def _around(text: str, place: int) -> str:
    """The word at a place; where a gap is, the words on both sides of it."""
    left = text.rfind(" ", 0, place) + 1
    right = text.find(" ", place + 1)
    return text[left : right if right >= 0 else len(text)]


def tone_confusions(pages: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Words of (truth, reading) with the same letters and other marks."""
    return Counter(pair for truth, read in pages for pair in paired_words(truth, read) if pair[0] != pair[1])


def lost_and_invented(pages: Iterable[tuple[str, str]]) -> tuple[Counter[str], Counter[str]]:
    """Words of the truths that no reading has, and words of the readings that no truth has, page by page."""
    lost: Counter[str] = Counter()
    invented: Counter[str] = Counter()
    for truth, read in pages:
        want, got = Counter(words(truth)), Counter(words(read))
        lost += want - got
        invented += got - want
    return lost, invented


def by_kind(confusions: Iterable[Confusion]) -> Mapping[Kind, int]:
    """Errors of each sort, the most frequent first."""
    counts: Counter[Kind] = Counter()
    for confusion in confusions:
        counts[confusion.kind] += confusion.times
    return dict(counts.most_common())
