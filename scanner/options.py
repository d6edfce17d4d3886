"""What a profile says of scanning: its ``[scan]`` table, filled by :func:`core.config.fill`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from imaging.limits import DEFAULT_LIMITS, Limits
from scanner.gate.options import GateOptions


class Colour(StrEnum):
    """Colour depth asked of a scanner."""

    BITONAL = "bitonal"
    GREY = "grey"
    COLOUR = "colour"


class Codec(StrEnum):
    """How the pictures of a scanner are kept; files that are taken in stay as they are."""

    TIFF = "tiff"
    """Lossless: LZW with differences, Group 4 for bitonal pictures."""
    JPEG2000 = "jpeg2000"
    """Lossless, a sixth to a quarter smaller. It does not keep up with 60 pages a minute: a page (A4, 300 dpi, colour)
    takes 4.3 s of one core with the gate, as TIFF 0.65 s."""
    JPEG = "jpeg"
    """Quality 95, colours at full resolution: lossy, a tenth of the size."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How paper of one kind is scanned, and by what its pictures are judged when they are taken in."""

    paper_mm: tuple[float, float] = (210.0, 297.0)
    dpi: int = 300
    """Asked of a scanner."""
    min_dpi: int = 200
    """Pages below it are taken with the flag ``low-resolution``."""
    colour: Colour = Colour.COLOUR
    master: Codec = Codec.TIFF
    device_seconds: float = 180.0
    """How long a device may take over one sheet before it counts as lost."""
    strict: bool = False
    """Whether a device that cannot do what is asked is refused, not used as near to it as it comes."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """A scanner's own options by their names in SANE, such as ``ald = "no"``; they are set last."""
    covers: bool = True
    """Whether cover and patch sheets are looked for in what is scanned."""
    folios: bool = True
    """Whether the folios (bút lục) in the upper right corners are read."""
    duplex: bool = False
    """Each sheet has two pages; loose images come front, back, front, back."""
    geometry_tolerance: float = 0.02
    """Share by which a side may differ from the paper before the page is flagged ``geometry``."""
    blank_threshold: float = 0.9
    """Pages with this blank score or more are flagged ``blank``."""
    max_pixels: int = DEFAULT_LIMITS.max_pixels
    max_pages: int = DEFAULT_LIMITS.max_pages
    seconds: float = DEFAULT_LIMITS.seconds
    """Time that one call of an outside program may take on one file."""
    gate: GateOptions = GateOptions()
    """By what a page is judged while its paper is still on the desk."""

    def __post_init__(self) -> None:
        if min(self.paper_mm) <= 0:
            raise ValueError("paper_mm must be positive")
        if self.dpi <= 0 or self.min_dpi < 0:
            raise ValueError("dpi must be positive")
        if not 0 <= self.geometry_tolerance < 1 or not 0 < self.blank_threshold <= 1:
            raise ValueError("geometry_tolerance and blank_threshold lie between 0 and 1")
        if not 0 < self.device_seconds <= 86_400:
            raise ValueError("device_seconds lies between 0 and 86400")
        if self.max_pixels <= 0 or self.max_pages <= 0 or not 0 < self.seconds <= 86_400:
            raise ValueError("max_pixels and max_pages must be positive, seconds lie between 0 and 86400")

    @property
    def sides(self) -> int:
        """Pages to a sheet."""
        return 2 if self.duplex else 1

    @property
    def limits(self) -> Limits:
        """What intake refuses."""
        return Limits(self.max_pixels, self.max_pages, self.seconds)
