"""The sheet under the pen: planes of ink, measured in millimetres, laid over white paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

INKS = {
    "kraft": (206, 178, 138),
    "print": (24, 23, 26),
    "typed": (30, 30, 44),
    "pen": (38, 52, 132),
    "pencil": (96, 96, 100),
    "seal": (196, 38, 44),
}
"""Ink planes in the order laid down, with the colour (RGB) that full ink leaves of white light."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Size and margins of a sheet in millimetres; A4 with the margins of office papers unless told otherwise."""

    width: float = 210.0
    height: float = 297.0
    left: float = 30.0
    right: float = 18.0
    top: float = 20.0
    bottom: float = 18.0


class Canvas:
    """One page at a resolution: a plane for each ink, the printed lines, and where the seals went."""

    def __init__(self, paper: Paper, dpi: int) -> None:
        self.paper, self.dpi = paper, dpi
        size = (round(paper.width * dpi / 25.4), round(paper.height * dpi / 25.4))
        self.planes = {name: Image.new("L", size) for name in INKS}
        self.lines: list[str] = []
        self.seals: list[tuple[int, int, int, int]] = []
        self.handwriting: list[str] = []
        self.folio: int | None = None

    def px(self, millimetres: float) -> float:
        """Millimetres in pixels."""
        return millimetres * self.dpi / 25.4

    def rule(self, x0: float, y0: float, x1: float, y1: float, weight: float = 0.25) -> None:
        """A ruled line; all in millimetres."""
        ends = [self.px(v) for v in (x0, y0, x1, y1)]
        ImageDraw.Draw(self.planes["print"]).line(ends, fill=255, width=max(1, round(self.px(weight))))

    def leader(self, x0: float, x1: float, y: float) -> None:
        """A dotted leader for a value to be written on; in millimetres."""
        draw, radius = ImageDraw.Draw(self.planes["print"]), self.px(0.11)
        for x in np.arange(self.px(x0), self.px(x1), self.px(1.15)):
            draw.ellipse((x - radius, self.px(y) - radius, x + radius, self.px(y) + radius), fill=190)

    def box(self, x0: float, y0: float, x1: float, y1: float, ink: str) -> None:
        """A filled area of one ink; in millimetres."""
        ImageDraw.Draw(self.planes[ink]).rectangle([self.px(v) for v in (x0, y0, x1, y1)], fill=255)

    def image(self) -> NDArray[np.uint8]:
        """The page as RGB ``(height, width, 3)``."""
        first = next(iter(self.planes.values()))
        page = np.ones((first.height, first.width, 3), np.float32)
        for name, plane in self.planes.items():
            if plane.getbbox() is not None:
                share = np.asarray(plane, np.float32)[..., None] / 255
                page *= 1 - share * (1 - np.array(INKS[name], np.float32) / 255)
        return np.round(page * 255).astype(np.uint8)
