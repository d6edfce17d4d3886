"""How much one file may ask for before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a single master file.

    ``max_pixels`` counts one picture, ``max_pages`` one file; ``seconds`` bounds each call of an outside program and
    ``memory`` (bytes of address space) the one that reads the structure of a PDF.
    """

    max_pixels: int = 200_000_000
    max_pages: int = 5_000
    seconds: float = 120.0
    memory: int = 4 << 30

    def __post_init__(self) -> None:
        for name in ("max_pixels", "max_pages", "seconds", "memory"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive")


DEFAULT_LIMITS = Limits()
