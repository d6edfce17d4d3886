"""What a profile's ``[ocr]`` table may say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ENGINE_NAMES = ("butluc", "tesseract", "none")
"""Our own, the second one, and one that reads nothing."""


class Cleaning(StrEnum):
    """What may be done to a page before it is read. None is done unless a profile asks: measured on mixed papers (aged
    samples, prints), none helps our engine and two harm it; each helps on papers that have the fault throughout."""

    BORDERS = "borders"
    """Dark borders around the sheet become paper."""
    SHOW_THROUGH = "show-through"
    """What shines through from the back is paled: with a third of the ink's darkness, recall 0.972 → 0.989."""
    SPECKS = "specks"
    """Isolated specks go; for Tesseract on dusty prints, recall 0.925 → 0.935."""


@dataclass(frozen=True, slots=True)
class OcrOptions:
    """How pages of one kind of paper are read; ``core.config.fill`` makes it from TOML.

    Raises:
        ValueError: a limit is out of its range.
    """

    engine: str = "butluc"
    second_engine: str = "tesseract"
    """Reads lines again that ``butluc`` is unsure of, where that helps (see :mod:`ocr.second`): ``tesseract`` or
    ``none``."""
    languages: tuple[str, ...] = ()
    """Tesseract's language codes (``vie``, ``fra`` …); empty: found page by page."""
    timeout_seconds: float = 120.0
    """For one call of the engine."""
    multi_column: bool = False
    """Whether running text stands in columns, as in gazettes; court papers are one column, and read far better so."""
    orientation: bool = True
    """Whether pages lying on their side or upside down are turned."""
    spreads: bool = True
    """Whether an opened book is read as two pages, the left one first."""
    cleaning: tuple[Cleaning, ...] = ()
    """In this order."""
    deskew: bool = True
    max_skew: float = 20.0
    """Degrees to either side within which skew is looked for."""
    min_skew: float = 0.15
    """Degrees below which the page is left as it is: the engine copes, and resampling blurs."""
    min_quality: float = 0.8
    """Below it Tesseract tries the page upside down: upside down, six pages showed 0.65 at most, upright those of them
    that it could read 0.9 or more."""

    def __post_init__(self) -> None:
        if self.engine not in ENGINE_NAMES:
            raise ValueError(f"engine: {', '.join(ENGINE_NAMES)}")
        if self.second_engine not in ("tesseract", "none"):
            raise ValueError("second_engine: tesseract, none")
        if not 0 < self.timeout_seconds <= 3600:
            raise ValueError("timeout_seconds: 0–3600")
        if not 0 <= self.min_skew <= self.max_skew <= 30:
            raise ValueError("0 ≤ min_skew ≤ max_skew ≤ 30")
        if not 0 <= self.min_quality <= 1:
            raise ValueError("min_quality: 0–1")
