"""Where things lie below the storage root: OCFL 1.1, storage layout extension 0003 with its default parameters."""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Mapping
from pathlib import PurePosixPath

LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
TUPLES = 3
TUPLE = 3
_CONFIG = {"digestAlgorithm": "sha256", "extensionName": LAYOUT, "numberOfTuples": TUPLES, "tupleSize": TUPLE}
_PLAIN = frozenset((string.ascii_letters + string.digits + "-_").encode())
LONGEST_NAME = 100
"""Longer folder names are cut and end in a digest (extension 0003)."""


def _json(value: object) -> bytes:
    return (json.dumps(value, sort_keys=True, indent=1) + "\n").encode()


ROOT_FILES: Mapping[str, bytes] = {
    "0=ocfl_1.1": b"ocfl_1.1\n",
    f"extensions/{LAYOUT}/config.json": _json(_CONFIG),
    "ocfl_layout.json": _json(
        {"description": "Hashed n-tuple folders, the last one named after the case file", "extension": LAYOUT}
    ),
}
"""The storage root's own files, to the byte."""


def place_of(case_file: str) -> PurePosixPath:
    """The folder of a case file, relative to the root; its last part reads as the identifier."""
    sha = hashlib.sha256(case_file.encode()).hexdigest()
    name = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02x}" for byte in case_file.encode())
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}-{sha}"
    return PurePosixPath(*(sha[start : start + TUPLE] for start in range(0, TUPLES * TUPLE, TUPLE)), name)
