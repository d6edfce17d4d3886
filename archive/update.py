"""Incremental updates of PDFs: what is there stays to the byte, and the result appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from core.files import disk_errors, fsync_dir


class FaithfulWriter(IncrementalPdfFileWriter):  # type: ignore[misc]
    """Leaves XMP and document information to the byte: pyHanko would write them anew as if it had made the record."""

    def _update_meta(self) -> None:
        """Nothing to update."""


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A temporary file beside ``target`` that takes its place when it was written without error.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the folder cannot be written.
    """
    temp = target.with_name(f".{target.name[:100]}.{os.getpid()}.part")
    with disk_errors(target):
        try:
            yield temp
            temp.replace(target)
            fsync_dir(target.parent)
        finally:
            temp.unlink(missing_ok=True)
