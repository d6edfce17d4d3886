"""The resolution of a JPEG 2000 picture, which encoders leave out of the file's head."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_HEADER = b"jp2h"
_SUPERBOX = b"res "
_KINDS = (b"resc", b"resd")
"""Resolution of the capture, and that at which the picture is shown: readers look for one or the other."""
_WIDEST = 0xFFFF


def with_resolution(picture: bytes, dpi: float) -> bytes:
    """The JP2 file with its resolution in both directions (ISO/IEC 15444-1, annex I.5.3.7).

    Args:
        picture: a whole JP2 file.
        dpi: pixels per inch; kept to a hundredth up to 655, whole beyond.

    Returns:
        A file that has a resolution already as it is.

    Raises:
        ValueError: the file has no header box, or ``dpi`` cannot be kept.
    """
    start, end = next((it[1:] for it in _boxes(picture, 0, len(picture)) if it[0] == _HEADER), (0, 0))
    if not end:
        raise ValueError("no JP2 file")
    if any(kind == _SUPERBOX for kind, *_ in _boxes(picture, start, end)):
        return picture
    return picture[: start - 8] + _box(_HEADER, picture[start:end] + _resolution(dpi)) + picture[end:]


def _resolution(dpi: float) -> bytes:
    """Pixels per metre are dpi · 10⁴ / 254: a numerator, that denominator, and powers of ten."""
    numerator, power = (round(dpi * 100), 2) if dpi * 100 <= _WIDEST else (round(dpi), 4)
    if not 0 < numerator <= _WIDEST:
        raise ValueError("no resolution that can be kept")
    value = struct.pack(">HHHHbb", numerator, 254, numerator, 254, power, power)
    return _box(_SUPERBOX, b"".join(_box(kind, value) for kind in _KINDS))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind of each box from ``at`` on, where its content begins and ends; up to one of unstated or long length."""
    while at + 8 <= end and (length := int.from_bytes(data[at : at + 4], "big")) >= 8:
        yield data[at + 4 : at + 8], at + 8, at + length
        at += length
