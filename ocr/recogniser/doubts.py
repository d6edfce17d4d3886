"""Where the network hesitated over a word, and what else it may have seen there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ocr.recogniser.charset import BLANK
from ocr.recogniser.decode import Transcript, best_path

LEAST = 0.05
"""Posterior from which what the network may have seen instead is worth a thought."""
LENT = 0.06
"""Share of a letter's posterior that is lent to one that looks like it (see :class:`Sight`)."""
_MOST_EDITS, _AT_ONCE = 10, 2
_AIR = 4
"""Steps before and after a word's letters in which others may hide."""
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of a word, as the network saw it."""

    text: str
    label: int
    """Its class."""
    start: int
    end: int
    """First step and the one after the last, in steps of the sight."""
    confidence: float
    """Posterior at its surest step."""


Letters = tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    """The letters ``first`` to ``last`` (exclusive) give way to ``put``."""

    first: int
    last: int
    put: Letters
    posterior: float


class Sight:
    """The steps of a line in which one word was seen.

    Args:
        logits: of the line, classes×steps.
        charset: the letters by class less one.
        transcript: what was read on the line.
        span: the word's letters in ``transcript.text``.
        alike: letters that may have been another each, however sure the network is.
    """

    def __init__(
        self,
        logits: NDArray[np.float32],
        charset: Sequence[str],
        transcript: Transcript,
        span: tuple[int, int],
        alike: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        first, last = span
        places, steps = transcript.places, logits.shape[1]
        before = places[first - 1] + 1 if first else 0
        after = places[last] if last < len(places) else steps
        begin = int(max(before, places[first] - _AIR))
        columns = logits[:, begin : int(min(after, places[last - 1] + 1 + _AIR))]
        kept = np.flatnonzero(columns.argmax(axis=0) != charset.index(" ") + 1)
        columns = columns[:, kept[0] : kept[-1] + 1].astype(np.float64)
        raised = np.exp(columns - columns.max(axis=0))
        self._posteriors = raised / raised.sum(axis=0)
        self._charset = charset
        self.begin = begin + int(kept[0])
        """Step of the line at which the sight begins."""
        self.letters = self._best_path()
        """The word as it was read."""
        self._lend(alike)

    def _lend(self, alike: Mapping[str, str]) -> None:
        """Lend the letters that some look like a share of what these are sure of, once for all steps of a letter."""
        for letter in self.letters:
            if letter.text in alike:
                label, steps = self._charset.index(alike[letter.text]) + 1, slice(letter.start, letter.end)
                lent = LENT ** (1 / (letter.end - letter.start)) * self._posteriors[letter.label, steps]
                self._posteriors[label, steps] = np.maximum(self._posteriors[label, steps], lent)

    def _best_path(self) -> Letters:
        best, starts, ends = best_path(self._posteriors)
        return tuple(map(self._letter, best[starts].tolist(), starts.tolist(), ends.tolist()))

    def _letter(self, label: int, start: int, end: int) -> Letter:
        return Letter(self._charset[label - 1], label, start, end, float(self._posteriors[label, start:end].max()))

    def variants(self) -> Iterator[Letters]:
        """What the word may be instead: one or two of its letters others, left out, or put between."""
        edits = sorted(self._edits(), key=lambda edit: -edit.posterior)[:_MOST_EDITS]
        edits.sort(key=lambda edit: (edit.first, edit.last))
        for count in range(1, _AT_ONCE + 1):
            for chosen in combinations(edits, count):
                if all(_apart(one, other) for one, other in pairwise(chosen)):
                    yield self._edited(chosen)

    def _edited(self, edits: Sequence[_Edit]) -> Letters:
        letters = list(self.letters)
        for edit in reversed(edits):
            letters[edit.first : edit.last] = edit.put
        return tuple(letters)

    def _edits(self) -> Iterator[_Edit]:
        ends = [0, *(letter.end for letter in self.letters)]
        starts = [*(letter.start for letter in self.letters), self._posteriors.shape[1]]
        for number, letter in enumerate(self.letters):
            room = max(ends[number], letter.start - 1), min(starts[number + 1], letter.end + 1)
            for other in self._seen(*room):
                if other.label != letter.label:
                    put = replace(other, start=letter.start, end=letter.end)
                    yield _Edit(number, number + 1, (put,), other.confidence)
            absent = float(self._posteriors[BLANK, letter.start : letter.end].min())
            if absent >= LEAST:
                yield _Edit(number, number + 1, (), absent)
        for number, gap in enumerate(zip(ends, starts, strict=True)):
            for other in self._seen(*gap):
                yield _Edit(number, number, (other,), other.confidence)

    def _seen(self, start: int, end: int) -> Iterable[Letter]:
        """Every letter that may stand in these steps, at its surest one."""
        surest: dict[int, Letter] = {}
        for step, label, posterior in self._likely:
            if start <= step < end and (label not in surest or posterior > surest[label].confidence):
                surest[label] = Letter(self._charset[label - 1], label, step, step + 1, posterior)
        return surest.values()

    @cached_property
    def _likely(self) -> list[tuple[int, int, float]]:
        """Step, class and posterior of every letter that is worth a thought."""
        labels, steps = np.nonzero(self._posteriors >= LEAST)
        found = zip(steps.tolist(), labels.tolist(), self._posteriors[labels, steps].tolist(), strict=True)
        return [sight for sight in found if sight[1] != BLANK]

    def log_probability(self, letters: Letters) -> float:
        """Natural logarithm of how likely the network thinks it that these letters stand here, over all alignments."""
        path = [BLANK]
        for letter in letters:
            path += [letter.label, BLANK]
        skips = np.array([0.0, 0.0, *(float(one != other) for one, other in zip(path, path[2:], strict=False))])
        skips[::2] = 0.0
        steps = self._posteriors[path].T
        state = np.zeros(len(path))
        state[:2] = steps[0, :2]
        for step in steps[1:]:
            moved = state.copy()
            moved[1:] += state[:-1]
            moved[2:] += skips[2:] * state[:-2]
            state = moved * step
        return math.log(max(_TINY, float(state[-2:].sum())))


def _apart(one: _Edit, other: _Edit) -> bool:
    return one.last <= other.first and (one.first, one.last) != (other.first, other.last)
