"""The type face of what is printed: one with all Vietnamese letters, embedded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

from fpdf import FPDF
from fpdf.fonts import TTFFont

FACE = "Tinos"


@contextmanager
def faces(pdf: FPDF) -> Iterator[None]:
    """Lend the face's two styles, regular and ``B``, until ``pdf`` is put out; the library leaves their files open."""
    try:
        for style, name in (("", "Regular"), ("B", "Bold")):
            pdf.add_font(FACE, style, str(files("imaging").joinpath("fonts", f"{FACE}-{name}.ttf")))
        yield
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()
