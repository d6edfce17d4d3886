"""What a JPEG file says about itself, read from its markers without decoding (ITU-T T.81, Annex B)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core.errors import BadInputError
from core.files import disk_errors

_HUFFMAN_FRAMES = (0xC0, 0xC1, 0xC2)
_ALL_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA
_ALONE = (0x01, *range(0xD0, 0xD8))
_ORIENTATION = 0x0112
_ICC = b"ICC_PROFILE\0"


@dataclass(frozen=True, slots=True)
class JpegInfo:
    """``plain``: baseline, extended or progressive Huffman coding of 8 bits, grey or YCbCr."""

    width: int
    height: int
    components: int
    plain: bool
    orientation: int
    """EXIF 2.32, tag 274: 1–8."""
    icc: bytes | None


def read_jpeg(path: Path) -> JpegInfo | None:
    """The markers of a JPEG file before its first scan; ``None`` where the file is no JPEG or breaks off.

    Raises:
        BadInputError: the file is missing or may not be read.
    """
    try:
        with disk_errors(path), path.open("rb") as stream:
            start = stream.read(2)
            data = start + stream.read() if start == b"\xff\xd8" else b""
    except FileNotFoundError as err:
        raise BadInputError("archive.master-missing", file=path) from err
    segments = _segments(data)
    frame = next(((kind, body) for kind, body in segments if kind in _ALL_FRAMES), None)
    if frame is None or len(frame[1]) < 6:
        return None
    kind, body = frame
    bits, height, width, components = struct.unpack_from(">BHHB", body)
    plain = kind in _HUFFMAN_FRAMES and bits == 8 and _usual_colours(components, body, segments)
    return JpegInfo(width, height, components, plain, _orientation(segments), _profile(segments))


def _segments(data: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    offset = 2
    while offset + 4 <= len(data) and data[offset] == 0xFF:
        kind = data[offset + 1]
        if kind == 0xFF or kind in _ALONE:
            offset += 1 if kind == 0xFF else 2
            continue
        if kind == _START_OF_SCAN:
            return found
        (length,) = struct.unpack_from(">H", data, offset + 2)
        found.append((kind, data[offset + 4 : offset + 2 + length]))
        offset += 2 + length
    return []


def _usual_colours(components: int, frame: bytes, segments: list[tuple[int, bytes]]) -> bool:
    """Grey, or three components that a PDF reader takes for YCbCr as a JPEG reader does (ISO 32000-1, table 13)."""
    if components == 1:
        return True
    markers = (body for kind, body in segments if kind == 0xEE and body[:5] == b"Adobe" and len(body) > 11)
    adobe = next((body[11] for body in markers), None)
    names = frame[6::3][:3]
    return components == 3 and (adobe == 1 or (adobe is None and names != b"RGB"))


def _orientation(segments: list[tuple[int, bytes]]) -> int:
    exif = Image.Exif()
    body = next((body for kind, body in segments if kind == 0xE1 and body[:6] == b"Exif\0\0"), None)
    if body is None:
        return 1
    try:
        exif.load(body)
        value = int(exif.get(_ORIENTATION, 1))
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error, OSError):
        return 1  # viewers take a picture with damaged EXIF as it lies
    return value if 1 <= value <= 8 else 1


def _profile(segments: list[tuple[int, bytes]]) -> bytes | None:
    """ICC.1:2010, Annex B.4: numbered chunks."""
    chunks = sorted((body[12], body[14:]) for kind, body in segments if kind == 0xE2 and body[:12] == _ICC)
    return b"".join(data for _, data in chunks) or None
