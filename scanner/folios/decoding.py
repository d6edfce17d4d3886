"""From the net's scores to numbers: the most likely reading of a strip and those that differ from it in one figure.

A strip is a folio where it ends in one to six figures with nothing but letters before them.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

FIGURES = "0123456789"
LETTER = 11
"""Class of what is no figure; 0 is the CTC blank, 1 to 10 are the figures."""
HIGHEST = 9999
"""No case file has more sheets."""
_FOLIO = re.compile(r"x{0,14}(\d{1,6})")
_LEAST = 0.03
"""Readings that are less likely are not told."""

_WIDEST = 1.05
"""Width of a sign by its height, what is free around it included."""
_DOUBTED = 0.5

Scores = NDArray[np.float32]


def readings(logs: Scores, aspect: float = 1.0) -> list[tuple[int, float]]:
    """Numbers that a strip may hold with their probabilities, the likeliest first; empty where it is no folio.

    Args:
        logs: steps×12 logarithms of the shares of the classes.
        aspect: width of the ink by its height. Where it is more than so many signs take, one was not seen.
    """
    path = logs.argmax(axis=1)
    labels, steps = _collapsed(path)
    found: dict[int, float] = {}
    for candidate in [labels, *_neighbours(labels, steps, logs)]:
        text = "".join("x" if label == LETTER else FIGURES[label - 1] for label in candidate)
        match = _FOLIO.fullmatch(text)
        if match is None or not 0 < int(match[1]) <= HIGHEST:
            continue
        share = float(np.exp(_log_probability(logs, candidate)))
        if aspect > _WIDEST * len(candidate):
            share *= _DOUBTED
        if share >= _LEAST:
            found[int(match[1])] = found.get(int(match[1]), 0.0) + share
    return sorted(found.items(), key=lambda item: -item[1])


def _collapsed(path: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    """Labels of a path without repeats and blanks, and the step at which each begins."""
    begins = np.flatnonzero((path != 0) & np.concatenate([[True], path[1:] != path[:-1]]))
    return [int(path[step]) for step in begins], [int(step) for step in begins]


def _neighbours(labels: list[int], steps: list[int], logs: Scores) -> list[list[int]]:
    """The same with one figure read as the next likeliest class at its step, for the figures at the end."""
    made = []
    for place in range(max(0, len(labels) - 4), len(labels)):
        order = np.argsort(-logs[steps[place]])
        other = next(int(one) for one in order if one not in (0, labels[place]))
        if logs[steps[place], other] > np.log(_LEAST):
            made.append([*labels[:place], other, *labels[place + 1 :]])
    return made


def _log_probability(logs: Scores, labels: list[int]) -> float:
    """Logarithm of the probability that the strip reads ``labels``, over all paths (CTC forward pass)."""
    spelt = np.zeros(2 * len(labels) + 1, np.int64)
    spelt[1::2] = labels
    skips = np.zeros(len(spelt), bool)
    skips[2:] = (spelt[2:] != 0) & (spelt[2:] != spelt[:-2])
    nothing = np.float64(-np.inf)
    ahead = np.full(len(spelt), nothing)
    ahead[:2] = logs[0, spelt[:2]]
    for step in logs[1:]:
        once = np.concatenate([[nothing], ahead[:-1]])
        twice = np.where(skips, np.concatenate([[nothing, nothing], ahead[:-2]]), nothing)
        ahead = np.logaddexp(np.logaddexp(ahead, once), twice) + step[spelt]
    return float(np.logaddexp(ahead[-1], ahead[-2]) if len(ahead) > 1 else ahead[-1])
