"""Where the words of a query stand on a page: boxes on the image and a snippet of the text.

Both are found in the page's own words, by the same syllables as the index, so image, snippet and hit list agree. A
term typed with diacritics marks its exact places, and its folded ones only where the page has no exact one.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from core.model import Box, RecognizedPage
from core.text import syllable_spans, syllables
from indexer.legacy import repaired
from indexer.spelling import one_off
from indexer.syllables import exact_form, folded_form, has_marks
from indexer.syntax import stem_of

_MOST_HITS = 500
"""Hits looked at for the best stretch; a page with more has many good ones."""


@dataclass(frozen=True, slots=True)
class _Syllables:
    """The syllables of a text in both forms."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]

    @staticmethod
    def of(parts: Sequence[str]) -> _Syllables:
        return _Syllables(tuple(map(exact_form, parts)), tuple(map(folded_form, parts)))

    def places(self, term: str) -> list[range]:
        """Where ``term`` stands: ranges of syllables; ``từ*`` are words that begin so, ``từ~`` similar words."""
        if term.endswith("*"):
            return self._beginning(term)
        if term.endswith("~"):
            sought = folded_form(term.removesuffix("~"))
            return [range(i, i + 1) for i, part in enumerate(self.folded) if one_off(part, sought)]
        parts = syllables(term)
        if any(map(has_marks, parts)) and (exact := _find(self.exact, tuple(map(exact_form, parts)))):
            return exact
        return _find(self.folded, tuple(map(folded_form, parts)))

    def _beginning(self, term: str) -> list[range]:
        stem = stem_of(term.removesuffix("*"))
        if stem is None:
            return []
        exact = [i for i, part in enumerate(self.exact) if part.startswith(stem.exact)] if stem.marked else []
        whole = folded_form(stem.text)
        folded = (i for i, part in enumerate(self.folded) if part.startswith(stem.folded) or part == whole)
        return [range(i, i + 1) for i in exact or folded]


def hit_boxes(page: RecognizedPage, terms: Sequence[str]) -> list[Box]:
    """Boxes of ``terms`` (words or phrases) on the page image, in pixels, in reading order, each once.

    A phrase has one box for each line that it stands on.
    """
    parts: list[str] = []
    owners: list[tuple[int, Box]] = []
    for i, (row, texts) in enumerate(zip(page.lines, _texts(page), strict=True)):
        for word, text in zip(row.words, texts, strict=True):
            found = syllables(text)
            parts += found
            owners += [(i, word.box)] * len(found)
    held = _Syllables.of(parts)
    places = sorted((place for term in set(terms) for place in held.places(term)), key=lambda r: (r.start, r.stop))
    boxes: dict[Box, None] = {}
    for place in places:
        by_line: dict[int, Box] = {}
        for at in place:
            line, box = owners[at]
            by_line[line] = _union(by_line[line], box) if line in by_line else box
        boxes |= dict.fromkeys(by_line.values())
    return list(boxes)


def _texts(page: RecognizedPage) -> list[list[str]]:
    """The words of each line, out of old codes where the page is in one."""
    rows = [row.split(" ") for row in repaired(page.text).split("\n")]
    if [len(row) for row in rows] == [len(line.words) for line in page.lines]:
        return rows
    return [[word.text for word in line.words] for line in page.lines]


def snippet(text: str, terms: Sequence[str], width: int = 160) -> str:
    """About ``width`` characters of ``text`` where most different terms stand, as HTML.

    The text is escaped, hits stand within ``<mark>…</mark>``, line ends become spaces and ``…`` says that text was cut.
    Without any hit it is the beginning of the text.
    """
    return show(text, terms, width)[0]


def show(text: str, terms: Sequence[str], width: int = 160) -> tuple[str, tuple[str, ...]]:
    """The :func:`snippet` of ``text``, and those of ``terms`` that it holds, in the order given."""
    text = repaired(text)
    spans = syllable_spans(text)
    held = _Syllables.of([text[start:end] for start, end in spans])
    places = {term: held.places(term) for term in terms}
    hits = sorted(
        (spans[place.start][0], spans[place.stop - 1][1], term) for term, found in places.items() for place in found
    )
    start, end = _window(text, hits, width)
    pieces: list[str] = []
    at = start
    for hit_start, hit_end in _merged([(a, b) for a, b, _ in hits if a >= start and b <= end]):
        pieces += [html.escape(text[at:hit_start]), "<mark>", html.escape(text[hit_start:hit_end]), "</mark>"]
        at = hit_end
    pieces.append(html.escape(text[at:end]))
    cut = " ".join("".join(pieces).split())
    before, after = ("…" if text[:start].strip() else ""), ("…" if text[end:].strip() else "")
    return before + cut + after, tuple(term for term, found in places.items() if found)


def _find(held: tuple[str, ...], sought: tuple[str, ...]) -> list[range]:
    """Ranges of ``held`` equal to ``sought``, not overlapping."""
    found: list[range] = []
    at = 0
    while sought and at + len(sought) <= len(held):
        try:
            at = held.index(sought[0], at)
        except ValueError:
            break
        if held[at : at + len(sought)] == sought:
            found.append(range(at, at + len(sought)))
            at += len(sought)
        else:
            at += 1
    return found


def _window(text: str, hits: list[tuple[int, int, str]], width: int) -> tuple[int, int]:
    """Start and end of the stretch with most different terms, widened to word ends."""
    most, lead, longest = 0, 0, 0
    for i, (start, stop, _) in enumerate(hits[:_MOST_HITS]):
        inside = {term for _, b, term in hits[i : i + 50] if b <= start + width * 3 // 4}
        if len(inside) > most:
            most, lead, longest = len(inside), start, stop - start
    start = max(0, lead - width // 4) if hits else 0
    while start > 0 and not text[start - 1].isspace() and lead - start < width // 2:
        start -= 1
    end = min(len(text), max(start + width, lead + longest))
    while end < len(text) and not text[end].isspace() and end - start < 2 * width:
        end += 1
    return start, end


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _union(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
