"""QR codes of cover sheets in a picture, and how they lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
import segno
import zxingcpp
from numpy.typing import NDArray

from scanner.covers.payload import is_ours

Grey = NDArray[np.uint8]
"""H×W, grey."""
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


@dataclass(frozen=True, slots=True)
class Code:
    """The text of a code, and the clockwise turn in degrees (0, 90, 180, 270) that makes it upright."""

    text: str
    turn: int


def read_codes(grey: Grey) -> list[Code]:
    """The codes with our prefix in a picture, without those that are seen from behind through the paper."""
    codes = zxingcpp.read_barcodes(
        grey,
        formats=_QR,
        try_rotate=False,  # the search for QR codes does not depend on how they lie
        try_downscale=False,
        try_invert=False,
    )
    return [Code(code.text, _turn(code.position)) for code in codes if is_ours(code.text) and not _mirrored(grey, code)]


def read_modules(dark: NDArray[np.bool_]) -> str | None:
    """The text of a code with our prefix, given its modules (side×side, true is dark), or ``None``."""
    picture = np.where(np.pad(dark, 4), 0, 255).astype(np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    codes = zxingcpp.read_barcodes(picture, formats=_QR, try_rotate=False, try_downscale=False, try_invert=False)
    return next((code.text for code in codes if is_ours(code.text)), None)


def _turn(position: zxingcpp.Position) -> int:
    """The clockwise turn that brings the code's upper edge to the top, to the nearest quarter."""
    across = position.top_right.x - position.top_left.x
    down = position.top_right.y - position.top_left.y
    return round(-math.degrees(math.atan2(down, across)) / 90) % 4 * 90


def _mirrored(grey: Grey, code: zxingcpp.Barcode) -> bool:
    """Whether the picture shows the code's modules with rows and columns exchanged.

    The reader takes mirrored codes without saying so; the same code is made again and compared with the picture.
    """
    extra = cast(dict[str, Any], code.extra)
    version, mask = int(extra["Version"]), int(extra["DataMask"])
    made = segno.make_qr(code.text, error=extra["ECLevel"], version=version, mask=mask, boost_error=False)
    modules = np.array(made.matrix, np.float32)
    light = 255.0 - _sampled(grey, code.position, len(modules))
    light -= light.mean()
    return float((light * modules.T).sum()) > float((light * modules).sum())


def _sampled(grey: Grey, position: zxingcpp.Position, side: int) -> NDArray[np.float32]:
    """The picture at the middles of the code's ``side``×``side`` modules."""
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    seen = np.array([(corner.x, corner.y) for corner in corners], np.float32)
    square = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32) - 0.5
    straight = cv2.getPerspectiveTransform(seen, square)
    return np.asarray(cv2.warpPerspective(grey, straight, (side, side), flags=cv2.INTER_LINEAR), np.float32)
