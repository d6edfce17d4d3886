"""The PDF of a document: which way it is made, and how pages of scanned pictures become PDF/A.

A PDF master keeps its own pictures and text if it can: it is converted by OCRmyPDF, and the result stands only if the
check calls it valid; rendering is the way out. Where its pages are nothing but coloured scans, though, layers show the
same in a fifth of the bytes and without the 3–6 s that a conversion takes (measured on office scans of 300 dpi).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from pikepdf import AccessMode, Array, Dictionary, Job, Name, Object, Pdf, Stream, StreamDecodeLevel

from archive.about import DocumentAbout
from archive.assembly import PageRead, check_pages, describe, save
from archive.foreign import convert_foreign
from archive.glyphless import CodeTable
from archive.options import Encoding, PdfOptions
from archive.pageimage import PagePicture, encode_page
from archive.textlayer import FONT_NAME, text_layer
from core.files import disk_errors
from core.model import MasterKind, PageImage, RecognizedPage, Verdict, VerdictState
from imaging.limits import DEFAULT_LIMITS
from imaging.pdf import inspect_pdf

Route = Literal["scanned", "converted", "rendered"]

_MUCH_SMALLER = 0.6
"""Share of the master's bytes; what saves less is not worth another encoding of its pictures."""

_CHUNK_BYTES = 8 << 20
_SHORTEST, _LONGEST = 3.0, 14400.0
"""Sides of a page in pt: ISO 19005-2, 6.1.13."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A PDF and how it was made.

    ``scanned``: from picture files; ``converted``: a PDF master that kept its own pictures and text; ``rendered``: from
    pictures of the pages of a PDF master, for the ``reason`` given. ``verdict`` is what the check said of the result.
    """

    path: Path
    route: Route
    verdict: Verdict
    reason: str = ""


def build_document(
    target: Path,
    pages: Sequence[PageRead],
    about: DocumentAbout,
    options: PdfOptions,
    check: Callable[[Path], Verdict],
) -> BuildResult:
    """The PDF/A of a document at ``target``, made the way that suits its masters; the masters are only read.

    A PDF master of scans is shown in layers where that is much smaller. Any other is converted; where that fails, or
    where the check does not call the result valid, its pages are rendered, which always gives a valid file. Without a
    checker the verdict is "not verified" and the rendered way is taken, because nothing then vouches for what a
    foreign file brings along.

    Raises:
        BadInputError: no pages, a master that cannot be read, or words that belong to a picture of another size.
        IntegrityError: a master no longer has the size that was measured when it was taken in.
        MissingToolError: the disk is full, or a program is not installed.
    """
    check_pages(target, pages)
    if any(image.kind is not MasterKind.PDF for image, _ in pages):
        build_pdf(target, pages, about, options)
        return BuildResult(target, "scanned", check(target))
    if options.encoding is Encoding.LAYERED and options.keep_foreign and _much_smaller(target, pages, about, options):
        return BuildResult(target, "rendered", check(target), "the pages are scans and smaller in layers")
    reason = _try_conversion(target, pages, about, options, check)
    if isinstance(reason, BuildResult):
        return reason
    build_pdf(target, pages, about, options)
    return BuildResult(target, "rendered", check(target), reason)


def _much_smaller(target: Path, pages: Sequence[PageRead], about: DocumentAbout, options: PdfOptions) -> bool:
    """Whether the master is of coloured or grey scans, and these, in layers at ``target``, have much fewer bytes."""
    masters = {image.master for image, _ in pages}
    if any(image.mode == "bitonal" for image, _ in pages):
        return False
    held = [inspect_pdf(master, DEFAULT_LIMITS) for master in masters]
    if not all(info.scans for info in held) or sum(len(info.pages) for info in held) != len(pages):
        return False
    build_pdf(target, pages, about, options)
    return target.stat().st_size < _MUCH_SMALLER * sum(master.stat().st_size for master in masters)


def _try_conversion(
    target: Path,
    pages: Sequence[PageRead],
    about: DocumentAbout,
    options: PdfOptions,
    check: Callable[[Path], Verdict],
) -> BuildResult | str:
    """The finished conversion, or why there is none."""
    if not options.keep_foreign:
        return "the profile asks for rendered pages"
    failure = convert_foreign(target, pages, about, options)
    if failure:
        return failure
    verdict = check(target)
    if verdict.state is VerdictState.PASSED:
        return BuildResult(target, "converted", verdict)
    return "; ".join(verdict.problems[:3]) or verdict.state.value


def build_pdf(target: Path, pages: Sequence[PageRead], about: DocumentAbout, options: PdfOptions) -> None:
    """A PDF/A at ``target`` with one page for each of ``pages``, of exactly the size that was scanned.

    A page that was scanned turned is shown upright by ``/Rotate``; its picture is left as it is. Memory does not grow
    with the number of pages. The same arguments give the same bytes.

    Raises:
        BadInputError: no pages, a master that cannot be read, or words that belong to a picture of another size.
        IntegrityError: a master no longer has the size that was measured when it was taken in.
        MissingToolError: the disk is full.
    """
    check_pages(target, pages)
    codes = CodeTable()
    with ExitStack() as stack:
        chunks = _Chunks(Path(stack.enter_context(TemporaryDirectory(prefix="butluc-pdf-"))))
        for image, read in pages:
            chunks.add(encode_page(image, options), image, read, codes)
        pdf = stack.enter_context(chunks.whole())
        font = codes.font(pdf)
        for page in pdf.pages:
            page.obj.Resources.Font = Dictionary({FONT_NAME: font})
        describe(pdf, about, options.flavour, [image.sha256 for image, _ in pages])
        save(pdf, target, options.flavour)


class _Chunks:
    """Finished pages in portions; full portions lie in temporary files, so that memory holds one of them at most."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[Path] = []
        self._pending = Pdf.new()
        self._bytes = 0

    def add(self, encoded: PagePicture, image: PageImage, read: RecognizedPage, codes: CodeTable) -> None:
        """Append a page."""
        _add_page(self._pending, encoded, image, read, codes)
        self._bytes += encoded.size
        if self._bytes >= _CHUNK_BYTES:
            self._set_down()

    def whole(self) -> Pdf:
        """All pages as one document, to be closed by the caller.

        qpdf itself puts the portions together, because ``Pdf.pages`` would copy every picture to memory.
        """
        if not self._files:
            return self._pending
        if self._bytes:
            self._set_down()
        joined = self._folder / "joined.pdf"
        files = [str(path) for path in self._files]
        Job(["qpdf", "--static-id", "--decode-level=none", "--empty", "--pages", *files, "--", str(joined)]).run()
        return Pdf.open(joined, access_mode=AccessMode.stream)

    def _set_down(self) -> None:
        self._files.append(self._folder / f"{len(self._files)}.pdf")
        with disk_errors(self._files[-1]):
            self._pending.save(self._files[-1], static_id=True, stream_decode_level=StreamDecodeLevel.none)
        self._pending = Pdf.new()
        self._bytes = 0


def _add_page(pdf: Pdf, encoded: PagePicture, image: PageImage, read: RecognizedPage, codes: CodeTable) -> None:
    dpi = _possible_dpi(image)
    width, height = image.width * 72 / dpi, image.height * 72 / dpi
    pdf.add_blank_page(page_size=(_SHORTEST, _SHORTEST))
    page = pdf.pages[-1].obj
    page.MediaBox = _media_box(width, height)
    images = {f"/Im{number}": image.make(pdf) for number, image in enumerate(encoded.images)}
    page.Resources = Dictionary(XObject=Dictionary(images))
    page.Contents = Stream(pdf, encoded.content(width, height) + text_layer(read, dpi, codes))
    if read.rotation % 360:
        page.Rotate = read.rotation % 360
    page.Type = Name.Page


def _possible_dpi(image: PageImage) -> float:
    """The page's resolution, or the least that keeps its longer side within what a PDF page may measure."""
    return max(image.dpi, max(image.width, image.height) * 72 / _LONGEST)


def _media_box(width: float, height: float) -> Object:
    return Array([0, 0, round(max(width, _SHORTEST), 4), round(max(height, _SHORTEST), 4)])
