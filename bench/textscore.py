"""How right a reading is: five measures on NFC text, white space folded, dashes, quotes and ellipses made plain.

- page CER: edit distance to the truth over its length; reading order counts.
- recall and precision: of lower-case words, counted without order.
- paragraph CER: each line of the truth of 25 characters or more against the best-matching part of the reading, so that
  the order of blocks does not count.
- tone errors: of words whose bare letters were read right, the share with other marks than the truth has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from core.text import fold as bare_letters
from core.text import nfc

SHORTEST_LINE = 25
"""Characters; a shorter line meets too many parts of a page by chance."""
LEAST_RUN = 2
"""Words in a row that must agree in their bare letters before their marks are compared."""
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("–—‐‑−", "-"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‘’´`", "'"),
        "…": "...",
        "\u00ad": "",
        "\ufeff": "",
    }
)


@dataclass(frozen=True, slots=True)
class Score:
    """One page. Paragraphs and tones are counts, so that pages can be added up."""

    cer: float
    recall: float
    precision: float
    line_errors: int
    line_characters: int
    tones_wrong: int
    tones_compared: int


def score(truth: str, read: str) -> Score:
    """All measures of one page."""
    return Score(page_cer(truth, read), *word_bag(truth, read), *line_errors(truth, read), *tone_errors(truth, read))


def plain(text: str) -> str:
    """NFC, white space folded, typographic marks as on a typewriter."""
    return " ".join(nfc(text).translate(_PLAIN).split())


def words(text: str) -> list[str]:
    """Lower-case words, marks between them left out."""
    return re.findall(r"\w+", plain(text).lower())


def page_cer(truth: str, read: str) -> float:
    """Edit distance over the length of the truth; over 1 where much was invented."""
    want = plain(truth)
    return Levenshtein.distance(want, plain(read)) / max(1, len(want))


def word_bag(truth: str, read: str) -> tuple[float, float]:
    """Share of the truth's words that were read, and share of the words read that the truth has."""
    want, got = Counter(words(truth)), Counter(words(read))
    common = (want & got).total()
    return common / max(1, want.total()), common / max(1, got.total())


def line_errors(truth: str, read: str) -> tuple[int, int]:
    """Edit distance of the truth's longer lines to the nearest parts of the reading, and their characters."""
    hay = plain(read)
    lines = [line for line in map(plain, truth.split("\n")) if len(line) >= SHORTEST_LINE]
    return sum(nearest_distance(line, hay) for line in lines), sum(map(len, lines))


def nearest_distance(needle: str, hay: str) -> int:
    """Least edit distance between ``needle`` and any part of ``hay``."""
    return int(_distances(needle, hay, anywhere=True).min())


def nearest_part(needle: str, hay: str) -> tuple[int, int, int]:
    """Edit distance, start and end of the part of ``hay`` that is nearest to ``needle``; the first of such parts."""
    row = _distances(needle, hay, anywhere=True)
    end = _stretched(row, int(row.argmin()), hay)
    # No nearest part is longer than twice the needle: to read nothing at all would be nearer.
    before = hay[max(0, end - 2 * len(needle)) : end][::-1]
    back = _distances(needle[::-1], before, anywhere=False)
    return int(row[end]), end - _stretched(back, int(back.argmin()), before), end


def _stretched(row: NDArray[np.int64], place: int, text: str) -> int:
    """The place, moved on over letters that cost nothing: a letter at the edge was rather misread than left out."""
    while place < len(text) and row[place + 1] == row[place] and not text[place].isspace():
        place += 1
    return place


def prefix_distances(needle: str, hay: str) -> list[int]:
    """Least edit distance between each prefix of ``needle``, the empty one first, and any part of ``hay``."""
    return [int(row.min()) for row in _rows(needle, hay, anywhere=True)]


def _distances(needle: str, hay: str, *, anywhere: bool) -> NDArray[np.int64]:
    """Edit distances between ``needle`` and the parts of ``hay`` that end before its first, second … character.

    Each is that of the nearest such part, or, unless ``anywhere``, of the part from the beginning.
    """
    *_, last = _rows(needle, hay, anywhere=anywhere)
    return last


def _rows(needle: str, hay: str, *, anywhere: bool) -> Iterator[NDArray[np.int64]]:
    """The table of Sellers (1980), a row for each prefix of ``needle``."""
    letters = np.frombuffer(hay.encode("utf-32-le"), np.uint32)
    offsets = np.arange(letters.size + 1)
    row = np.zeros_like(offsets) if anywhere else offsets
    yield row
    for count, letter in enumerate(needle, start=1):
        step = np.empty_like(row)
        step[0] = count
        step[1:] = np.minimum(row[1:] + 1, row[:-1] + (letters != ord(letter)))
        # Letters left out of the hay: each costs one, so a running minimum against the diagonal finds them all.
        row = np.minimum.accumulate(step - offsets) + offsets
        yield row


def tone_errors(truth: str, read: str) -> tuple[int, int]:
    """Words with other marks than the truth's, and words compared."""
    pairs = paired_words(truth, read)
    return sum(want != got for want, got in pairs), len(pairs)


def paired_words(truth: str, read: str) -> list[tuple[str, str]]:
    """Words of the truth and of the reading that stand in runs of words alike in their bare letters."""
    want, got = words(truth), words(read)
    matches = Levenshtein.opcodes([bare_letters(word) for word in want], [bare_letters(word) for word in got])
    runs = (part for part in matches if part.tag == "equal" and part.src_end - part.src_start >= LEAST_RUN)
    return [
        (a, b)
        for part in runs
        for a, b in zip(want[part.src_start : part.src_end], got[part.dest_start : part.dest_end], strict=True)
        if any(char.isalpha() for char in a)
    ]
