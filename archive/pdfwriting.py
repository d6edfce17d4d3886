"""PDF files written so that a full disk is told as such."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO, cast

from pikepdf import Pdf

from core.files import disk_errors


class _Remembering(io.RawIOBase):
    """Keeps what the disk refuses to itself until the PDF library is done: where that writes its last bytes, an error
    ends the whole process."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.refused: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        """All of it, or, after a refusal, nothing, whatever is answered."""
        if self.refused is None:
            try:
                self._stream.write(data)
            except OSError as err:
                self.refused = err
        return len(memoryview(data).cast("B"))


def save_pdf(pdf: Pdf, target: Path, **options: Any) -> None:
    """Write ``pdf`` to ``target`` with the options of :meth:`pikepdf.Pdf.save`.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the folder cannot be written.
    """
    with disk_errors(target), target.open("wb") as stream:
        careful = _Remembering(stream)
        pdf.save(cast(BinaryIO, careful), **options)
        if careful.refused is not None:
            raise careful.refused
