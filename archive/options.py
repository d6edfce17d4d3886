"""How a PDF is made: the ``[archive]`` table of a profile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Flavour(StrEnum):
    """Part and conformance level of ISO 19005."""

    A1B = "1b"
    A2B = "2b"
    A2U = "2u"
    A3B = "3b"

    @property
    def part(self) -> int:
        """Part of ISO 19005."""
        return int(self.value[0])

    @property
    def conformance(self) -> str:
        """Conformance level as XMP writes it."""
        return self.value[1].upper()

    @property
    def pdf_version(self) -> str:
        """The version of PDF that the part is built on."""
        return "1.4" if self is Flavour.A1B else "1.7"


class Encoding(StrEnum):
    """How the picture of a page that is no JPEG already is kept."""

    JPEG = "jpeg"
    LOSSLESS = "lossless"


@dataclass(frozen=True, slots=True)
class PdfOptions:
    """Flavour and picture encoding of the PDFs of one profile."""

    flavour: Flavour = Flavour.A2U
    encoding: Encoding = Encoding.JPEG
    jpeg_quality: int = 85
    """1–95 on the scale of libjpeg; chroma is never subsampled, because stamps and ink are evidence."""
    jpeg_passthrough: bool = True
    """Whether a JPEG master goes into the PDF byte for byte."""
    keep_foreign: bool = True
    """Whether a PDF master keeps its own text and pictures where that can be made valid, instead of being rendered."""
    seconds_per_page: float = 20.0
    """Time limit of the conversion of a PDF master, beside a minute for the start."""

    def __post_init__(self) -> None:
        if not 1 <= self.jpeg_quality <= 95:
            raise ValueError("jpeg_quality: 1–95")
        if self.seconds_per_page <= 0:
            raise ValueError("seconds_per_page: more than 0")
