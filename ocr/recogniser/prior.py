"""How likely syllables of Vietnamese are after one another, from counts of law texts."""

from __future__ import annotations

import gzip
import hashlib
import math
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core.errors import MissingToolError
from ocr.network import WEIGHTS, read_weights
from ocr.quality import is_vietnamese_syllable

_WEIGHT = 8.0
"""How often a syllable must have been followed by another before its pairs count as much as the second's own count."""
_UNSEEN, _IMPOSSIBLE = 0.3, 0.003
"""Counts lent to a syllable that was never seen, and to what is no syllable at all."""
_NEW_STYLE = {
    old + mark: new + second
    for old, second, news, marks in (
        ("o", "a", "òóỏõọ", "àáảãạ"),
        ("o", "e", "òóỏõọ", "èéẻẽẹ"),
        ("u", "y", "ùúủũụ", "ỳýỷỹỵ"),
    )
    for new, mark in zip(news, marks, strict=True)
}


def plain_syllable(syllable: str) -> str:
    """The form in which a syllable is counted: lower case, its tone where new spelling has it (``hoà`` → ``hòa``)."""
    lower = syllable.lower()
    if lower[-2:] in _NEW_STYLE and not lower.startswith("qu"):
        return lower[:-2] + _NEW_STYLE[lower[-2:]]
    return lower


class SyllablePrior:
    """What may follow what.

    Args:
        single: how often each syllable occurs, in the form of :func:`plain_syllable`.
        pairs: how often each second syllable follows a first.
        digest: of the file that they come from.
    """

    def __init__(self, single: Mapping[str, int], pairs: Mapping[str, Mapping[str, int]], digest: str = "") -> None:
        self.digest = digest
        self._single = single
        self._pairs = pairs
        self._total = sum(single.values())
        self._followed = {first: sum(seconds.values()) for first, seconds in pairs.items()}

    def knows(self, syllable: str) -> bool:
        """Whether a plain syllable was counted."""
        return syllable in self._single

    def log_probability(self, syllable: str, before: str | None) -> float:
        """Natural logarithm of how likely a plain syllable is after another, or after nothing that is known."""
        alone = self._alone(syllable) / self._total
        if before is None:
            return math.log(alone)
        together = self._pairs.get(before, {}).get(syllable, 0)
        return math.log((together + _WEIGHT * alone) / (self._followed.get(before, 0) + _WEIGHT))

    def _alone(self, syllable: str) -> float:
        return self._single.get(syllable) or (_UNSEEN if is_vietnamese_syllable(syllable) else _IMPOSSIBLE)


def read_prior(path: Path) -> SyllablePrior:
    """The counts in a file that ``ocr.training.prior`` wrote.

    Raises:
        MissingToolError: the file is missing or damaged.
    """
    packed = read_weights(path)
    try:
        alone, _, followed = gzip.decompress(packed).decode().partition("\n\n")
        single = {syllable: int(number) for syllable, number in (row.split(" ") for row in alone.split("\n"))}
        pairs = {}
        for first, *fields in (row.split(" ") for row in followed.split("\n")):
            pairs[first] = dict(zip(fields[::2], map(int, fields[1::2]), strict=True))
    except (OSError, EOFError, ValueError, zlib.error) as err:
        raise MissingToolError("ocr.weights-missing", file=path.name) from err
    return SyllablePrior(single, pairs, hashlib.sha256(packed).hexdigest())


@cache
def load_prior() -> SyllablePrior:
    """The shipped counts."""
    return read_prior(WEIGHTS / "syllables.txt.gz")
