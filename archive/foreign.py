"""PDF masters that keep their own pictures and text: converted by OCRmyPDF, in a process of its own.

A PDF may have been made by anything, so nothing of it is read in this process, and the conversion has limits of time
and memory. The master is only read: what was signed stays as it was signed, and the derivative is a new file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.about import DocumentAbout
from archive.assembly import PageRead
from archive.options import PdfOptions
from core.config import plain
from core.errors import ButlucError, MissingToolError
from core.files import disk_errors
from core.model import PageImage, RecognizedPage
from core.process import run


@dataclass(frozen=True, slots=True)
class ConversionJob:
    """All that the converting process is told; ``images`` and ``reads`` belong together page by page."""

    target: Path
    images: tuple[PageImage, ...]
    reads: tuple[RecognizedPage, ...]
    about: DocumentAbout
    options: PdfOptions


def convert_foreign(
    target: Path,
    pages: Sequence[PageRead],
    about: DocumentAbout,
    options: PdfOptions,
    *,
    start_seconds: float = 60.0,
) -> str | None:
    """Convert the pages of one PDF master to a PDF/A at ``target``; ``None``, or why that did not succeed.

    The time limit is ``start_seconds`` and ``options.seconds_per_page`` for each page.

    Raises:
        MissingToolError: the disk is full.
    """
    if len({image.master for image, _ in pages}) > 1:
        return "the pages come from several PDF files"
    images, reads = zip(*pages, strict=True)
    with TemporaryDirectory(prefix="butluc-convert-") as name:
        order = Path(name) / "job.json"
        job = ConversionJob(target.absolute(), images, reads, about, options)
        with disk_errors(order):
            order.write_text(json.dumps(plain(job)), encoding="utf-8")
        return _run_job(order, start_seconds + options.seconds_per_page * len(pages))


def _run_job(order: Path, seconds: float) -> str | None:
    home = Path(__file__).parent.parent
    command = (sys.executable, "-P", "-m", "archive.conversion", order)
    environment = {"PYTHONPATH": str(home), "TMPDIR": str(order.parent), "PYTHONWARNINGS": "ignore"}
    try:
        done = run(command, timeout=seconds, env=environment, cwd=order.parent)
    except MissingToolError:
        raise
    except ButlucError as err:
        return err.message("en")
    if done.returncode == 0:
        return None
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else f"the converting process ended with status {done.returncode}"
