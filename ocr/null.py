"""The engine that reads nothing: for photographs, maps and drawings, where any text found would be invented."""

from __future__ import annotations

from collections.abc import Sequence

from core.model import Line
from ocr.preprocess.paper import Grey


class NullEngine:
    """Finds no line on any page."""

    name_version = "none"

    def read(self, image: Grey, languages: Sequence[str]) -> list[Line]:
        """No lines."""
        return []
