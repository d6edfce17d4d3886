"""How likely a word is to be right, and how many of its characters are likely to be wrong.

Constants were fitted on every second document of 10 judgments set and aged, 14 printed pages, clean and aged, and
8 typewritten French pages; how they fare on the other half stands in the model card.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ocr.quality import plausible

_LEAST = 1e-3
"""Posteriors below it tell no more."""
_EVEN, _FALL, _IMPLAUSIBLE, _CERTAIN = 0.7, 0.75, 1.6, 1e-4


def word_confidence(text: str, letters: Sequence[float], language: str) -> float:
    """0.0–1.0, the share of words like this one that are right in every letter.

    The letters' posteriors multiplied; on Vietnamese pages doubts have been settled with a prior that the posteriors
    do not hold, and syllables that cannot be tell of errors: a logistic curve over the logarithm of the doubt.

    Args:
        text: the word.
        letters: posterior of each letter.
        language: of the page, BCP 47.
    """
    doubt = -sum(math.log(max(_LEAST, letter)) for letter in letters)
    if language != "vi":
        return math.exp(-doubt)
    odds = _EVEN - _FALL * math.log(doubt + _CERTAIN) - _IMPLAUSIBLE * (not plausible(text, french=False))
    return 1 / (1 + math.exp(-odds))
