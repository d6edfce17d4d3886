"""The chain of pictures in a TIFF, followed by hand: decoders take a chain that is cut off for one that ends."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from core.errors import BadInputError


def count_pictures(path: Path, limit: int) -> int:
    """Number of image file directories in a TIFF or BigTIFF (TIFF 6.0, section 2).

    Raises:
        BadInputError: the chain leads out of the file or round in a circle (``imaging.damaged``), or is longer than
            ``limit`` (``imaging.too-many-pages``).
    """
    with path.open("rb") as stream:
        order = "<" if stream.read(2) == b"II" else ">"
        big = _number(stream, order + "H") == 43
        stream.seek(8 if big else 4)
        seen: set[int] = set()
        try:
            while offset := _number(stream, order + ("Q" if big else "I")):
                if offset in seen:
                    raise BadInputError("imaging.damaged", file=path, why=f"TIFF directory {len(seen)}")
                seen.add(offset)
                if len(seen) > limit:
                    raise BadInputError("imaging.too-many-pages", file=path, pages=len(seen), limit=limit)
                stream.seek(offset)
                entries = _number(stream, order + ("Q" if big else "H"))
                stream.seek(entries * (20 if big else 12), 1)
        except (struct.error, OSError, OverflowError) as err:
            raise BadInputError("imaging.damaged", file=path, why=f"TIFF directory {len(seen)}") from err
    return len(seen)


def _number(stream: BinaryIO, code: str) -> int:
    size = struct.calcsize(code)
    (value,) = struct.unpack(code, stream.read(size))
    return int(value)
