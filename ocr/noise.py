"""What is no text: show-through, hatching, seals, squiggles. The recogniser reads it, but does not believe it."""

from __future__ import annotations

import numpy as np

from ocr.preprocess.paper import Grey
from ocr.recogniser.reading import LineReading

# Measured on 21 aged sample pages and 14 prints: of 1,563 right lines all but 8 were surer than 0.7, of 68 others (most
# of them show-through) 4. Mirrored capitals can look like others, so that what is faint must be surer.
_SURE, _SHORT_SURE, _MARKS_SURE, _FAINT_SURE = 0.5, 0.6, 0.9, 0.95
_FAINT = 200
"""A line is faint if 99 % of its greys, paper at 255, are above it."""
_SHORT = 2


def is_faint(crop: Grey) -> bool:
    """Whether an even crop (ink dark) holds nothing darker than what shows through from the back of a sheet."""
    return bool(np.percentile(crop, 1) > _FAINT)


def is_text(reading: LineReading, crop: Grey) -> bool:
    """Whether what was read on a line's even crop (ink dark) is worth keeping."""
    if not reading.words:
        return False
    letters = sum(char.isalnum() for char in reading.text)
    if letters > _SHORT and reading.confidence >= _FAINT_SURE:
        return True
    if is_faint(crop):
        return False
    if letters <= _SHORT:
        return reading.confidence >= (_SHORT_SURE if letters else _MARKS_SURE)
    return reading.confidence >= _SURE
