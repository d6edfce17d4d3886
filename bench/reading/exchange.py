"""What a reading process is asked and what it answers: one JSON object a line.

Standard library only: peers read in environments without the product's packages.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word and how sure the engine is of it, 0.0–1.0; ``None`` where it does not say."""

    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line; ``box`` is ``(x0, y0, x1, y1)`` in pixels of the picture, ``None`` where the engine does not say."""

    words: tuple[ReadWord, ...]
    box: Box | None = None

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine read on one page.

    Attributes:
        text: in the engine's reading order.
        quality: what the engine expects to be right, 0.0–1.0; ``None`` where it does not say.
        lines: none where the engine gives text only.
    """

    text: str
    quality: float | None = None
    lines: tuple[ReadLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A reading and what it cost.

    Attributes:
        reading: what was read.
        seconds: of processor time, programs called included; loading of engine and picture left out.
        peak_mb: largest resident memory of the reading process since its start, MiB.
    """

    reading: Reading
    seconds: float
    peak_mb: float


def request(image: Path, language: str) -> str:
    """The line that asks for a page; the language is Tesseract's code."""
    return json.dumps({"image": str(image), "language": language})


def to_json(answer: Answer) -> str:
    """The line that answers."""
    return json.dumps(asdict(answer))


def from_json(data: dict[str, Any]) -> Answer:
    """The answer that :func:`to_json` wrote."""
    reading = data["reading"]
    lines = tuple(_line(line) for line in reading["lines"])
    return Answer(Reading(reading["text"], reading["quality"], lines), data["seconds"], data["peak_mb"])


def _line(data: dict[str, Any]) -> ReadLine:
    box = data["box"]
    return ReadLine(tuple(ReadWord(**word) for word in data["words"]), None if box is None else tuple(box))
