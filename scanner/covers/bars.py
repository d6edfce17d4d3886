"""The bars of patch code sheets and of cover sheets: their geometry, for printing them and for finding them again.

A patch code (Kodak; specification of the capture industry, catalogue number 845 9380) is four parallel bars, narrow or
wide, with narrow spaces between them, read from the edge of the paper inward. Narrow is 0.08 inch, wide 0.20 inch.
Cover sheets carry a band of our own: four bars as well, but with a single wide one, which no patch code has, and three
quarters as wide. It is read downward from the head of the sheet, at its head and at its foot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

_MM = 25.4
_SMALLER = 0.75


@dataclass(frozen=True, slots=True)
class Pattern:
    """Parallel bars: ``bars`` of ``N`` and ``W``, lengths in millimetres."""

    bars: str
    narrow: float
    wide: float

    @property
    def runs(self) -> tuple[float, ...]:
        """Widths of bar, space, bar … bar."""
        bars = (self.wide if bar == "W" else self.narrow for bar in self.bars)
        return tuple(chain.from_iterable((bar, self.narrow) for bar in bars))[:-1]

    @property
    def reversed(self) -> Pattern:
        """The same from its other side."""
        return replace(self, bars=self.bars[::-1])

    @property
    def depth(self) -> float:
        """From the first bar's outer edge to the last one's."""
        return sum(self.runs)

    @property
    def places(self) -> tuple[tuple[float, float], ...]:
        """Where each bar begins, from the outer edge of the first, and how wide it is."""
        runs = self.runs
        return tuple((sum(runs[:index]), runs[index]) for index in range(0, len(runs), 2))


PATCH_T = Pattern("NWNW", 0.08 * _MM, 0.20 * _MM)
PATCH_LENGTH = 2.5 * _MM
"""Recommended length of a patch code's bars, in millimetres; the shortest allowed is 2 inches."""
BAND = Pattern("NWNN", 0.08 * _MM * _SMALLER, 0.20 * _MM * _SMALLER)
"""The band of a cover sheet."""
