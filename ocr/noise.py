"""What is no text: show-through, hatching, seals, squiggles. The recogniser reads it, but does not believe it."""

from __future__ import annotations

import numpy as np

from ocr.recogniser.reading import LineReading
from ocr.skew import Grey

# On 21 aged sample pages and 14 prints all but 8 of 1,563 right lines were surer than 0.7, all but 4 of 68 others less
# sure; faint type misread is surer than show-through, which is never dark.
_SURE, _FAINT_SURE, _SHORT_SURE, _MARKS_SURE = 0.5, 0.75, 0.6, 0.9
_FAINT = 200
"""A line is faint if 99 % of its greys, paper at 255, are above it."""
_SHORT = 2


def is_text(reading: LineReading, crop: Grey) -> bool:
    """Whether what was read on a line's even crop (ink dark) is worth keeping."""
    letters = sum(char.isalnum() for char in reading.text)
    if letters <= _SHORT and reading.confidence < (_SHORT_SURE if letters else _MARKS_SURE):
        return False
    if reading.confidence >= _FAINT_SURE:
        return bool(reading.words)
    return reading.confidence >= _SURE and float(np.percentile(crop, 1)) <= _FAINT
