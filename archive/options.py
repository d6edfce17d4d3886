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
    """How the picture of a page is kept in its PDF; the master is kept in the store whatever is chosen here."""

    LAYERED = "layered"
    """The shapes of the ink without loss, the colours of ink and paper softly (:mod:`archive.layers`)."""
    JPEG = "jpeg"
    LOSSLESS = "lossless"


@dataclass(frozen=True, slots=True)
class PdfOptions:
    """Flavour and picture encoding of the PDFs of one profile."""

    flavour: Flavour = Flavour.A2U
    encoding: Encoding = Encoding.LAYERED
    layer_quality: int = 50
    """1–95 on the scale of libjpeg, of the layers of colour."""
    jpeg_quality: int = 85
    """1–95 on the scale of libjpeg; chroma is never subsampled, because stamps and ink are evidence."""
    jpeg_passthrough: bool = True
    """Whether a JPEG master goes into the PDF byte for byte; where pages are layered, if it is no larger than that."""
    keep_foreign: bool = True
    """Whether a PDF master keeps its own text and pictures where that can be made valid, instead of being rendered."""
    seconds_per_page: float = 20.0
    """Time limit of the conversion of a PDF master, beside a minute for the start."""

    def __post_init__(self) -> None:
        for name in ("jpeg_quality", "layer_quality"):
            if not 1 <= getattr(self, name) <= 95:
                raise ValueError(f"{name}: 1–95")
        if self.seconds_per_page <= 0:
            raise ValueError("seconds_per_page: more than 0")
