"""What a page's corner may bear, as the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from core.model import Box


@dataclass(frozen=True, slots=True)
class Folio:
    """A number that the corner may bear: how sure that is, 0.0–1.0, and where, in pixels of the page."""

    value: int
    confidence: float
    box: Box
