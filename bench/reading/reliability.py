"""How well an engine knows how well it reads: what it predicted beside what was measured."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

PAGE_EDGES = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 1.0)
WORD_EDGES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions in ``low ≤ p < high`` (the last bin holds its upper edge), their mean, and the mean of what was
    measured."""

    low: float
    high: float
    count: int
    predicted: float
    measured: float


def bins(points: Sequence[tuple[float, float]], edges: Sequence[float]) -> list[Bin]:
    """The bins that hold any of the (predicted, measured) points, all within the edges."""
    held: list[list[tuple[float, float]]] = [[] for _ in edges[1:]]
    for point in points:
        held[min(bisect_right(edges, point[0]), len(edges) - 1) - 1].append(point)
    return [
        Bin(low, high, len(inside), statistics.fmean(p for p, _ in inside), statistics.fmean(m for _, m in inside))
        for (low, high), inside in zip(pairwise(edges), held, strict=True)
        if inside
    ]


def calibration_error(filled: Sequence[Bin]) -> float:
    """Mean distance between predicted and measured, weighted by count (expected calibration error)."""
    return sum(abs(one.predicted - one.measured) * one.count for one in filled) / max(1, sum(b.count for b in filled))


def pearson(points: Sequence[tuple[float, float]]) -> float | None:
    """Linear correlation; ``None`` where either side does not vary."""
    if any(len(set(side)) < 2 for side in zip(*points, strict=True)) or len(points) < 2:
        return None
    predicted, measured = zip(*points, strict=True)
    return statistics.correlation(predicted, measured)


def spearman(points: Sequence[tuple[float, float]]) -> float | None:
    """Correlation of the ranks; ``None`` where either side does not vary."""
    if not points:
        return None
    predicted, measured = (_ranks(side) for side in zip(*points, strict=True))
    return pearson(list(zip(predicted, measured, strict=True)))


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equals share the mean of theirs."""
    ordered = sorted(values)
    return [(bisect_left(ordered, value) + 1 + bisect_right(ordered, value)) / 2 for value in values]
