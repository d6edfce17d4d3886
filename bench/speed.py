"""Images to searchable PDF/A on the same pages, cores and run: our line beside OCRmyPDF ``--deskew``.

``python -m bench.speed [FOLDER] [--rounds N]``. Our side is ``ingest`` and ``process`` without signature into a fresh
home; the peer gets the same pictures as one PDF made by img2pdf beforehand (not timed). Both use two jobs and the same
languages; rounds alternate, and the median ratio counts.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import img2pdf


def ours(images: Sequence[Path], work: Path) -> float:
    """Seconds of ``ingest`` and ``process``."""
    base = [sys.executable, "-m", "cli", "--home", str(work / "home")]
    subprocess.run([*base, "init"], check=True, capture_output=True)
    started = time.perf_counter()
    subprocess.run([*base, "ingest", *map(str, images), "--case-file", "BENCH.2026.1"], check=True, capture_output=True)
    subprocess.run([*base, "process", "--jobs", "2"], check=True, capture_output=True)
    return time.perf_counter() - started


def peer(images: Sequence[Path], work: Path) -> float:
    """Seconds of ``ocrmypdf --deskew``."""
    source = work / "in.pdf"
    source.write_bytes(img2pdf.convert([str(path) for path in images]))
    command = [sys.executable, "-m", "ocrmypdf", "--deskew", "--jobs", "2", "-l", "vie+eng", "--output-type", "pdfa-2"]
    started = time.perf_counter()
    subprocess.run([*command, str(source), str(work / "out.pdf")], check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Print seconds per page of both and the median ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=Path("samples/case-files"))
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    images = sorted(args.folder.rglob("*.jpg"))
    ratios = []
    for _ in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            mine, theirs = ours(images, Path(folder)), peer(images, Path(folder))
        ratios.append(theirs / mine)
        print(f"{len(images)} pages: ours {mine / len(images):.2f} s/page, ocrmypdf {theirs / len(images):.2f} s/page")
    print(f"median ratio: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
