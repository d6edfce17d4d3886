"""Pages with a folio in type, for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FACE = next(path for path in sorted(Path("imaging/fonts").resolve().iterdir()) if path.suffix in (".ttf", ".otf"))
_A4_MM = (210.0, 297.0)


def page(text: str, dpi: float = 150.0, *, at_mm: tuple[float, float] = (182.0, 12.0), ink: int = 60) -> Image.Image:
    """An A4 page of writing with ``text`` in letters of 4 mm at a place."""
    px = dpi / 25.4
    image = Image.new("L", tuple(round(side * px) for side in _A4_MM), 236)
    pen = ImageDraw.Draw(image)
    body, head = (ImageFont.truetype(str(FACE), max(6, round(mm * px))) for mm in (4.2, 5.6))
    for row in range(20):
        line = "Tòa án nhân dân xét xử sơ thẩm vụ án tranh chấp đất đai giữa các đương sự"
        pen.text((25 * px, (48 + 10 * row) * px), line, font=body, fill=30)
    pen.text((at_mm[0] * px, at_mm[1] * px), text, font=head, fill=ink)
    return image


def raster(image: Image.Image) -> NDArray[np.uint8]:
    """H×W×3."""
    return np.asarray(image.convert("RGB"))
