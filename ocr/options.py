"""What a profile's ``[ocr]`` table may say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OcrOptions:
    """How pages of one kind of paper are read; ``core.config.fill`` makes it from TOML.

    Raises:
        ValueError: a limit is out of its range.
    """

    engine: str = "butluc"
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
    deskew: bool = True
    max_skew: float = 20.0
    """Degrees to either side within which skew is looked for."""
    min_skew: float = 0.15
    """Degrees below which the page is left as it is: the engine copes, and resampling blurs."""
    min_quality: float = 0.55
    """Below it the page is tried upside down."""

    def __post_init__(self) -> None:
        if not 0 < self.timeout_seconds <= 3600:
            raise ValueError("timeout_seconds: 0–3600")
        if not 0 <= self.min_skew <= self.max_skew <= 30:
            raise ValueError("0 ≤ min_skew ≤ max_skew ≤ 30")
        if not 0 <= self.min_quality <= 1:
            raise ValueError("min_quality: 0–1")
