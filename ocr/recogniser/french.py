"""French pages are written with French letters: what looks like another, and not surely so, is read again."""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.recogniser.decode import Transcript, best_path, decode

_ACCENTED = "àâæçèéêëîïôùûüœÿ"
LETTERS = frozenset(
    " " + string.ascii_letters + string.digits + string.punctuation + _ACCENTED + _ACCENTED.upper() + "«»–—’…°§№½¼¾"
)
_SURE = 0.95
"""A foreign letter that is surer stands there: Vietnamese names keep their marks on French pages."""


def in_french(transcript: Transcript, logits: NDArray[np.float32], charset: Sequence[str]) -> Transcript:
    """The line without doubtful letters that French has not.

    Args:
        transcript: what was read.
        logits: of the line, classes×steps.
        charset: the letters by class less one.
    """
    letters = zip(transcript.text, transcript.confidences, strict=True)
    doubtful = [number for number, (letter, sure) in enumerate(letters) if letter not in LETTERS and sure < _SURE]
    if not doubtful:
        return transcript
    barred = np.array([label for label, letter in enumerate(charset, start=1) if letter not in LETTERS])
    _, starts, ends = best_path(logits)
    again = logits.copy()
    for number in doubtful:
        again[barred, starts[number] : ends[number]] = -np.inf
    return decode(again, charset)
