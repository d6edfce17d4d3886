"""OCRmyPDF ``--deskew`` on a PDF that holds the scan; the text is that of its sidecar."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tempfile
from pathlib import Path

import img2pdf
from PIL import Image

from bench.reading.exchange import Reading

_LEAST_DPI = 72
"""A picture that states less states nothing."""
_A4_WIDTH = 8.27
"""Inches."""


class OcrMyPdf:
    """See :class:`bench.reading.worker.Engine`; one job, as every engine has one core."""

    def __init__(self) -> None:
        self.name = f"ocrmypdf {importlib.metadata.version('ocrmypdf')} --deskew"

    def open(self, image: Path) -> bytes:
        """A one-page PDF; a picture that does not state its resolution is taken for A4."""
        with Image.open(image) as picture:
            stated = float(picture.info.get("dpi", (0.0, 0.0))[0])
            dpi = stated if stated >= _LEAST_DPI else min(picture.size) / _A4_WIDTH
        layout = img2pdf.get_fixed_dpi_layout_fun((dpi, dpi))
        return bytes(img2pdf.convert(str(image), layout_fun=layout))

    def read(self, page: bytes, language: str) -> Reading:
        """Searchable PDF and sidecar are made; the sidecar is read."""
        with tempfile.TemporaryDirectory(prefix="bench-ocrmypdf-") as folder:
            source, made, sidecar = (Path(folder) / name for name in ("in.pdf", "out.pdf", "out.txt"))
            source.write_bytes(page)
            command = [sys.executable, "-m", "ocrmypdf", "--quiet", "--deskew", "--jobs", "1", "-l", language]
            subprocess.run([*command, "--sidecar", str(sidecar), str(source), str(made)], check=True)
            return Reading(sidecar.read_text(encoding="utf-8"))


def make() -> OcrMyPdf:
    """The package that the product itself uses for PDF masters."""
    return OcrMyPdf()
