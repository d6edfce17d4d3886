"""How small the pictures of the archived PDFs are, how fast they are made, and whether they read as well as the master.

``python -m bench.pictures FOLDER... [--sample N] [--upscale] [--ways NAME...]``. Each page with a truth (see
:func:`bench.reading.pages.find_pages`) becomes a PDF in each encoding and with OCRmyPDF, its peer (``--optimize 1``,
and ``3``, which needs pngquant); the PDF's page is rendered at the master's resolution and read by our reader, and so
is the master.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import cv2
from PIL import Image

from archive.about import DocumentAbout
from archive.document import build_pdf
from archive.options import Encoding, PdfOptions
from bench.reading.catalogue import ENGINES
from bench.reading.measure import measure
from bench.reading.pages import Page, find_pages, spread
from core.files import sha256_file
from core.model import MasterKind, PageImage, RecognizedPage
from imaging.pdf import render_page

_ABOUT = DocumentAbout(
    "TAND-HN.DS.1987.00042.0000001",
    "TAND-HN.DS.1987.00042",
    "Bản án",
    "vi",
    "Tòa án nhân dân thành phố Hà Nội",
    "Nguyễn Thị Hòa",
    "2026-11-23T10:00:00+07:00",
    "court-a4",
)
_A4_INCHES = 11.69

Make = Callable[[PageImage, Path], None]


def _ours(options: PdfOptions, page: PageImage, target: Path) -> None:
    read = RecognizedPage(page.width, page.height, 0, 0.0, 1.0, "vi", "none")
    build_pdf(target, [(page, read)], _ABOUT, options)


def _ocrmypdf(optimize: int, page: PageImage, target: Path) -> None:
    import ocrmypdf

    ocrmypdf.ocr(
        page.master,
        target,
        output_type="pdfa-2",
        optimize=optimize,
        ocr_engine="none",
        image_dpi=round(page.dpi),
        progress_bar=False,
    )


WAYS: Mapping[str, Make] = {
    "layered": partial(_ours, PdfOptions()),
    "jpeg": partial(_ours, PdfOptions(encoding=Encoding.JPEG, jpeg_passthrough=False)),
    "lossless": partial(_ours, PdfOptions(encoding=Encoding.LOSSLESS, jpeg_passthrough=False)),
    "ocrmypdf": partial(_ocrmypdf, 1),
    "ocrmypdf-3": partial(_ocrmypdf, 3),
}


@dataclass(slots=True)
class Tally:
    """Of one way: bytes, seconds and characters' share that was read wrong, a page each; ``lines`` are the errors
    and the characters where lines are held against lines, so that their order does not count."""

    sizes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    lines: list[tuple[int, int]] = field(default_factory=list)


def main() -> None:
    """Print a table for each folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--sample", type=int, metavar="N", help="at most N pages of each folder, evenly spread")
    parser.add_argument("--upscale", action="store_true", help="smaller pages are enlarged to 300 dpi first")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS), help="only these, beside the master")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    for folder in given.folders:
        with tempfile.TemporaryDirectory(prefix="bench-pictures-") as name:
            work = Path(name)
            pages = spread(list(find_pages(folder, work)), given.sample)
            tallies = _measured(pages, work, given.upscale, given.ways)
            print(f"\n## {folder.name} (pages: {len(pages)})\n\n{_table(tallies)}")


def _measured(pages: Sequence[Page], work: Path, upscale: bool, ways: Sequence[str]) -> dict[str, Tally]:
    tallies = {name: Tally() for name in ("master", *ways)}
    shown: dict[str, list[Page]] = {name: [] for name in tallies}
    for number, page in enumerate(pages):
        master = _master(page, work / f"{number:03d}.tif", upscale)
        shown["master"].append(replace(page, image=master.master))
        for name in ways:
            pdf = work / f"{number:03d}-{name}.pdf"
            start = time.process_time()
            WAYS[name](master, pdf)
            tallies[name].seconds.append(time.process_time() - start)
            tallies[name].sizes.append(pdf.stat().st_size)
            shown[name].append(replace(page, image=_rendered(pdf, master)))
            pdf.unlink()
        tallies["master"].sizes.append(master.master.stat().st_size)
    engine = {"butluc": ENGINES["butluc"]}
    for name, tally in tallies.items():
        runs = measure(shown[name], engine, lambda *_: None)
        scores = [result.score for result in runs["butluc"].results]
        tally.errors = [score.cer for score in scores]
        tally.lines = [(score.line_errors, score.line_characters) for score in scores]
    return tallies


def _master(page: Page, target: Path, upscale: bool) -> PageImage:
    """The page as a scanner would deliver it: a TIFF without loss."""
    with Image.open(page.image) as opened:
        picture = opened.convert("RGB")
    if upscale and max(picture.size) < 3300:
        scale = 300 * _A4_INCHES / max(picture.size)
        picture = picture.resize(
            (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS
        )
    dpi = 300.0 if max(picture.size) > 3000 else 200.0
    picture.save(target, compression="tiff_lzw", dpi=(dpi, dpi))
    sha = sha256_file(target)
    return PageImage("p", target, sha, MasterKind.IMAGE, 0, *picture.size, dpi, "colour", "b", 1, "bench", 0.0)


def _rendered(pdf: Path, master: PageImage) -> Path:
    target = pdf.with_suffix(".png")
    Image.fromarray(render_page(pdf, 0, master.width, master.height)).save(target, compress_level=1)
    return target


def _table(tallies: Mapping[str, Tally]) -> str:
    heads = ("picture", "KB median", "KB most", "CER % mean", "CER % median", "line CER %", "s/page CPU")
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for name, tally in tallies.items():
        sizes = [size / 1000 for size in tally.sizes]
        errors = [100 * error for error in tally.errors]
        seconds = f"{statistics.median(tally.seconds):.2f}" if tally.seconds else "–"
        cells = f"{statistics.median(sizes):.0f} | {max(sizes):.0f} | {statistics.mean(errors):.2f}"
        line = 100 * sum(wrong for wrong, _ in tally.lines) / max(1, sum(of for _, of in tally.lines))
        lines.append(f"| {name} | {cells} | {statistics.median(errors):.2f} | {line:.2f} | {seconds} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
