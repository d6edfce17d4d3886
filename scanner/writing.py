"""A device's picture as a master file: lossless TIFF unless the profile says otherwise."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.files import disk_errors
from imaging.jp2 import with_resolution
from scanner.driver import FedSheet, Picture
from scanner.names import readable
from scanner.options import Codec
from scanner.sheets import FedFile

INCOMING = "incoming"
"""Folder of a batch in which pictures wait to be taken in."""
_PREDICTOR = 317
"""TIFF tag; 2: differences of neighbours, which shortens LZW by a third (TIFF 6.0, section 14)."""
_QUALITY = 95
_EXTENSIONS = {Codec.TIFF: ".tif", Codec.JPEG2000: ".jp2", Codec.JPEG: ".jpg"}
_FORMATS = {Codec.TIFF: "TIFF", Codec.JPEG2000: "JPEG2000", Codec.JPEG: "JPEG"}


def written(fed: FedSheet, folder: Path, number: int, device: str, codec: Codec) -> tuple[FedFile, ...]:
    """The sides of a sheet as complete files, pictures of ``device`` in ``folder``; as :func:`write_picture`."""
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    files = []
    for side, given in enumerate(fed.sides, 1):
        if isinstance(given, Path):
            files.append(FedFile(given, readable(given.absolute())))
            continue
        path = write_picture(given, folder / f"{number:06d}-{side}", codec)
        files.append(FedFile(path, f"{device} {number:06d}-{side}", given.dpi or None))
    return tuple(files)


def write_picture(picture: Picture, target: Path, codec: Codec) -> Path:
    """Write the picture with its resolution, flushed, to ``target`` with the codec's extension; its path.

    Bitonal pictures are always TIFF, Group 4 (ITU-T T.6), for the other codecs do not know them.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the folder cannot be written.
    """
    codec = Codec.TIFF if picture.bitonal else codec
    path = target.with_name(target.name + _EXTENSIONS[codec])
    image = Image.fromarray(np.ascontiguousarray(picture.pixels))
    if picture.bitonal:
        image = image.convert("1", dither=Image.Dither.NONE)
    encoded = io.BytesIO()  # a codec that writes to the disk itself does not say that it is full
    image.save(encoded, _FORMATS[codec], **_settings(picture, codec))
    resolved = codec is Codec.JPEG2000 and picture.dpi
    with disk_errors(path), path.open("wb") as stream:
        stream.write(with_resolution(encoded.getvalue(), picture.dpi) if resolved else encoded.getbuffer())
        stream.flush()
        os.fsync(stream.fileno())
    return path


def _settings(picture: Picture, codec: Codec) -> dict[str, Any]:
    dpi = {"dpi": (picture.dpi, picture.dpi)} if picture.dpi else {}
    if codec is Codec.JPEG:
        return {**dpi, "quality": _QUALITY, "subsampling": 0}
    if codec is Codec.JPEG2000:
        return {"irreversible": False}
    if picture.bitonal:
        return {**dpi, "compression": "group4"}
    return {**dpi, "compression": "tiff_lzw", "tiffinfo": {_PREDICTOR: 2}}
