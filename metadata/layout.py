"""The head of a Vietnamese official document: which words stand left, which right, and where the body begins.

Layout of NĐ 30/2020/NĐ-CP, Phụ lục I: issuer top left, national motto top right, number below the issuer, place and
date below the motto, then the type and abstract. OCR often returns both columns as one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from core.model import Line, RecognizedPage, Word
from metadata.passage import Passage, Segment, join

_MOTTO = re.compile(r"c[o0]ng\s*hoa?\s*xa\s*h[o0]i\s*chu|doc\s*l[ao]p\s*-?\s*t\S\s*do|viet\s*na?m\s*dan\s*chu\s*cong")
_PLACE_AND_DATE = re.compile(r"[^\W\d]+(?:[ .\-][^\W\d]+){0,5}\s*,\s*ng\S{1,3}y\s*\S{0,4}\s*th\S{1,3}ng")
_NUMBER_LABEL = re.compile(r"^s\S{0,2}\s*[:;.]?\s*[^\s]*\s*/\s*\S+\s+")
_BODY = re.compile(r"^\W*(?:kinh gui|can cu|xet de nghi|voi thanh phan|thanh phan hoi dong|hoi dong xet xu gom)\b")
_ORNAMENT = re.compile(r"^[\W_\d]*$")
_HEAD_ROWS = 45
"""A head is never longer; the limit keeps a page without any body mark cheap."""
_COLUMN_GAP = 1.8
"""A gap of so many word heights parts columns; justified text stays below one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A document parted for the rules."""

    head: Passage
    """Left column and centred rows in order, then the right column; national title, motto and ornaments left out."""
    right: Passage
    """The right column of the head and rows that look like place and date."""
    head_rows: tuple[Segment, ...]
    """The rows of :attr:`head` without the right column."""
    body: Passage
    """All rows of the first three pages in reading order, the head included."""


def arrange(segments: Sequence[Segment]) -> Layout:
    """Part ``segments`` (all rows of a document in reading order) into head and body."""
    first = segments[0].page if segments else 1
    head: list[Segment] = []
    for segment in segments[:_HEAD_ROWS]:
        if segment.page != first or _BODY.search(segment.folded):
            break
        head.append(segment)
    told = [row for row in head if not is_motto(row) and not _ORNAMENT.match(row.folded)]
    right = [row for row in told if row.right or _PLACE_AND_DATE.match(row.folded)]
    left = [row for row in told if row not in right]
    body = join([row for row in segments if row.page < first + 3])
    return Layout(join([*left, *right]), join(right), tuple(left), body)


def is_motto(segment: Segment) -> bool:
    """Whether the row is the national title or motto."""
    return _MOTTO.search(segment.folded) is not None


def page_segments(pages: Sequence[RecognizedPage]) -> list[Segment]:
    """The rows of recognised pages, two-column rows parted; pages count from 1."""
    return [
        segment
        for number, page in enumerate(pages, start=1)
        for line in page.lines
        for segment in _split_line(line, page, number)
    ]


def text_segments(text: str) -> list[Segment]:
    """The rows of a plain text as one page, parted at tabs and runs of three or more spaces.

    Such runs part columns only beside the motto or a date: in justified text they mean nothing.
    """
    rows = text.split("\n")
    segments: list[Segment] = []
    for number, row in enumerate(rows):
        parts = [part.split() for part in re.split(r"\t|\s{3,}", row.strip())]
        words = [[(word, None, 1.0) for word in part] for part in parts if part]
        if len(words) == 2:
            right = Segment(tuple(words[1]), 1, number / len(rows), right=True)
            if is_motto(right) or _PLACE_AND_DATE.match(right.folded):
                segments += [Segment(tuple(words[0]), 1, number / len(rows)), right]
                continue
        whole = Segment(tuple(word for part in words for word in part), 1, number / len(rows))
        if whole.words:
            segments += _split_by_words(whole)
    return segments


def _split_line(line: Line, page: RecognizedPage, number: int) -> list[Segment]:
    words = [word for word in line.words if word.text.strip()]
    if not words:
        return []
    top = line.box[1] / page.height if page.height else 0.0
    runs = _runs(words)
    centre = page.width / 2
    segments: list[Segment] = []
    for i, run in enumerate(runs):
        right = top < 0.5 and run[0].box[0] > 0.4 * page.width and (i > 0 or _middle(run) > 1.1 * centre)
        segment = Segment(tuple((word.text, word.box, word.confidence) for word in run), number, top, right)
        segments += _split_by_words(segment)
    return segments


def _middle(run: Sequence[Word]) -> float:
    return (run[0].box[0] + run[-1].box[2]) / 2


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    height = median(word.box[3] - word.box[1] for word in words)
    runs = [[words[0]]]
    for before, word in pairwise(words):
        if word.box[0] - before.box[2] > _COLUMN_GAP * height:
            runs.append([])
        runs[-1].append(word)
    return runs


def _split_by_words(segment: Segment) -> list[Segment]:
    """Part a row where the motto, or a place and date after a number, begins in the midst of it."""
    folded = segment.folded
    motto = _MOTTO.search(folded)
    number = _NUMBER_LABEL.match(folded)
    cut = motto.start() if motto else 0
    if not cut and number and _PLACE_AND_DATE.match(folded, number.end()):
        cut = number.end()
    count = len(folded[:cut].split())
    if cut == 0 or count == 0 or count >= len(segment.words) or folded[:cut].strip().endswith("nuoc"):
        return [segment]
    return [
        Segment(segment.words[:count], segment.page, segment.top, segment.right),
        Segment(segment.words[count:], segment.page, segment.top, right=True),
    ]
