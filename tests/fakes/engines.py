"""Engines for tests: one that says what it is told to, one that fails on purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import ButlucError
from core.model import Line
from ocr.reading import Reading


class ScriptedEngine:
    """Answers with ``answer(image, languages)`` and remembers what it was asked."""

    name_version = "scripted 1.0"

    def __init__(self, answer: Callable[[NDArray[np.uint8], Sequence[str]], list[Line]]) -> None:
        self._answer = answer
        self.asked: list[tuple[str, ...]] = []

    def read(self, image: NDArray[np.uint8], languages: Sequence[str]) -> list[Line]:
        """What the script says."""
        self.asked.append(tuple(languages))
        return self._answer(image, languages)


class FailingEngine:
    """Breaks on every page, as a crashed program does."""

    name_version = "failing 1.0"

    def read(self, image: NDArray[np.uint8], languages: Sequence[str]) -> list[Line]:
        """Never answers."""
        raise ButlucError("ocr.engine-failed", why="broken on purpose")


class LookingEngine:
    """Reads nothing, and keeps the page that it was given."""

    name_version = "looking"

    def __init__(self) -> None:
        self.picture: NDArray[np.uint8] | None = None

    def read(self, page: NDArray[np.uint8], languages: Sequence[str]) -> Reading:
        self.picture = page
        return Reading((), 0, 0.0, "und", 0.0, self.name_version, {})
