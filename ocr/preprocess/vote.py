"""How the pages of a document lie: each by its own evidence, the doubtful ones as the others of their format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STRONG = 0.15
"""Evidence that a page needs to go against the others of its document."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one page says of itself."""

    rotation: int
    """Clockwise quarter turns in degrees that would make the page upright: 0, 90, 180, 270."""
    sureness: float
    """0–1: how much surer its lines read so than in any other direction (see :attr:`ocr.reading.Reading.sureness`)."""
    landscape: bool
    """Whether the picture is wider than high: tables lie across in documents that stand."""


def vote(pages: Sequence[Finding]) -> tuple[int, ...]:
    """The rotation of each page.

    Pages of strong evidence keep their own. The others take that for which most evidence speaks among the pages of
    their format; where none is strong, they keep their own too, for doubts do not add up to proof.
    """
    return tuple(page.rotation if page.sureness >= STRONG else _of_format(page, pages) for page in pages)


def _of_format(page: Finding, pages: Sequence[Finding]) -> int:
    evidence: dict[int, float] = {}
    for other in pages:
        if other.landscape == page.landscape and other.sureness >= STRONG:
            evidence[other.rotation] = evidence.get(other.rotation, 0.0) + other.sureness
    if not evidence:
        return page.rotation
    most = max(evidence.values())
    # Equal votes prove nothing; then the page's own finding decides, or that it lies as it was fed.
    best = [rotation for rotation, total in evidence.items() if total >= most]
    if len(best) == 1:
        return best[0]
    return page.rotation if page.rotation in best else min(best)
