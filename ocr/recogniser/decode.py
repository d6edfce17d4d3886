"""Greedy CTC decoding that keeps where each letter was seen and how sure the network was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.recogniser.charset import BLANK


@dataclass(frozen=True, slots=True)
class Transcript:
    """Letters of a line; the three have one entry for each."""

    text: str
    places: tuple[float, ...]
    """Middle of where the letter was seen, in steps of the network (continuous: the first step is 0 to 1)."""
    confidences: tuple[float, ...]
    """Posterior at its surest step, 0–1."""

    @property
    def confidence(self) -> float:
        """Mean over the letters, spaces left out; 0.0 without any."""
        sure = [value for letter, value in zip(self.text, self.confidences, strict=True) if letter != " "]
        return sum(sure) / len(sure) if sure else 0.0


def decode(logits: NDArray[np.float32], charset: Sequence[str]) -> Transcript:
    """The best path: the most likely class of every step, repeats made one, blanks left out.

    Args:
        logits: classes×steps.
        charset: the letters by class less one.
    """
    best, starts, ends = best_path(logits)
    if not starts.size:
        return Transcript("", (), ())
    steps = np.flatnonzero(best != BLANK)
    columns = logits.T[steps]
    columns -= columns[np.arange(steps.size), best[steps], None]
    posterior = np.zeros(best.size)
    posterior[steps] = 1 / np.exp(columns, out=columns).sum(axis=1)
    surest = np.maximum.reduceat(posterior, np.stack([starts, ends], axis=1).ravel()[: 2 * starts.size - 1])[::2]
    text = "".join(charset[best[start] - 1] for start in starts)
    return Transcript(text, tuple(((starts + ends) / 2).tolist()), tuple(surest.tolist()))


def best_path(logits: NDArray[np.floating]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The most likely class of every step, and the first steps of its letters and those after their last."""
    best = logits.argmax(axis=0)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], best.size)
    seen = best[starts] != BLANK
    return best, starts[seen], ends[seen]
