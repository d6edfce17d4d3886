"""The network that sees lines: a page in, four maps out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.lines.join import join_pieces
from ocr.lines.line import TextLine
from ocr.lines.maps import find_pieces
from ocr.lines.order import reading_order
from ocr.lines.rules import Rules
from ocr.network import Network
from ocr.preprocess import halved

Grey = NDArray[np.uint8]

LONG_SIDE = 1448
"""Pixels of the long side of the picture that the network was trained on."""
_MULTIPLE = 32
_NEARLY = 1.25
"""Up to this factor, interpolation passes over no pixel that counts."""
_TELLING = 3.5
_FEW, _MOSTLY = 2.0, 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The lines of a page, in reading order, in pixels of the finder's picture."""

    lines: tuple[TextLine, ...]
    tables: tuple[int | None, ...]
    """For each line the number of the ruled table that it stands in."""
    slope: float
    """dy/dx of the page's lines."""
    scale: float
    """Pixels of the page to one of the finder's picture."""

    @property
    def telling(self) -> float:
        """Total length of the lines that are long for their height, which text on its side does not make."""
        return sum(line.length for line in self.lines if line.length > _TELLING * line.height)

    @property
    def sideways(self) -> bool:
        """Whether the page may lie on its side: few lines, most of them short."""
        length = sum(line.length for line in self.lines)
        return self.telling < _FEW * LONG_SIDE and self.telling <= _MOSTLY * length


def picture_for_finder(page: Grey) -> tuple[Grey, float]:
    """The page reduced so that its long side is 1448, padded to multiples of 32, and its scale against that."""
    scale = max(page.shape) / LONG_SIDE
    width, height = (max(1, round(side / scale)) for side in (page.shape[1], page.shape[0]))
    # Halving and interpolating what is left takes a tenth of the time that averaging by a free factor does.
    source = page
    while min(source.shape) > 1 and source.shape[0] >= 2 * height:
        source = halved(source)
    small = cv2.resize(source, (width, height), interpolation=_method(source.shape[0] / height))
    right, below = -width % _MULTIPLE, -height % _MULTIPLE
    padded = cv2.copyMakeBorder(small, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(padded, dtype=np.uint8), scale


def _method(reduction: float) -> int:
    """OpenCV's way to reduce by a factor."""
    if reduction > _NEARLY:
        return cv2.INTER_AREA
    return cv2.INTER_LINEAR if reduction > 1 else cv2.INTER_CUBIC


def as_input(picture: Grey) -> NDArray[np.float32]:
    """A picture as the network takes it: 1×1×h×w, value/255 − 0.5."""
    return (picture * np.float32(1 / 255) - np.float32(0.5))[None, None]


def find_lines(page: Grey, network: Network) -> Layout:
    """The lines of a grey page, H×W, as it was scanned."""
    picture, scale = picture_for_finder(page)
    maps = network.run(as_input(picture))[0]
    pieces, slope = find_pieces(maps)
    ordered = reading_order(join_pieces(pieces, maps[1], slope), slope, Rules(picture, slope))
    return Layout(ordered.lines, ordered.tables, slope, scale)
