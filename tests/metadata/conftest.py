"""Pages with boxes, laid out as on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.model import Line, RecognizedPage, Word

Row = tuple[int, str]
"""Left edge in pixels and text; two rows of the same printed line are joined by " || "."""


def line_of(y: int, runs: list[Row], confidence: float) -> Line:
    words = []
    for left, text in runs:
        x = left
        for word in text.split():
            words.append(Word(word, (x, y, x + 14 * len(word), y + 28), confidence))
            x += 14 * len(word) + 10
    box = (words[0].box[0], y, words[-1].box[2], y + 28)
    return Line(tuple(words), box, (float(box[0]), y + 28.0, float(box[2]), y + 28.0), "vi")


@pytest.fixture(scope="session")
def paper() -> Callable[..., RecognizedPage]:
    """A page of 1654 × 2339 pixels from rows of (left edge, text) runs, 50 pixels apart from the top."""

    def build(*rows: list[Row], confidence: float = 0.9, top: int = 120) -> RecognizedPage:
        lines = tuple(line_of(top + 50 * i, runs, confidence) for i, runs in enumerate(rows))
        return RecognizedPage(1654, 2339, 0, 0.0, 0.9, "vi", "test", lines)

    return build
