"""What every archived PDF has around its pages: catalogue, metadata, output intent, bookmark, and how it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, OutlineItem, Pdf, Stream, String

from archive.about import DocumentAbout
from archive.icc import srgb_profile
from archive.options import Flavour
from archive.pdfwriting import save_pdf
from archive.xmp import PRODUCER, pdf_time, xml_text, xmp_packet
from core.errors import BadInputError
from core.model import PageImage, RecognizedPage

PageRead = tuple[PageImage, RecognizedPage]
"""A page and what was read on it."""


def check_pages(target: Path, pages: Sequence[PageRead]) -> None:
    """Refuse a document without pages, and words read on another picture than the one they are to lie on.

    Raises:
        BadInputError: there are no pages, or the sizes of a picture and of what was read on it differ.
    """
    if not pages:
        raise BadInputError("archive.no-pages", file=target)
    for image, read in pages:
        if (image.width, image.height) != (read.width, read.height):
            sizes = {"image": f"{image.width} × {image.height}", "read": f"{read.width} × {read.height}"}
            raise BadInputError("archive.sizes-differ", file=image.master, page=image.id, **sizes)


def describe(
    pdf: Pdf,
    about: DocumentAbout,
    flavour: Flavour,
    masters: Sequence[str],
    bookmarks: Sequence[tuple[str, int]] = (),
) -> None:
    """Declare ``flavour`` and say what the document is; what the file said about itself before is replaced.

    Args:
        bookmarks: title and page (from 0) of each; the document's title where there are none.
    """
    root = pdf.Root
    root.Metadata = Stream(pdf, xmp_packet(about, flavour, masters), Type=Name.Metadata, Subtype=Name.XML)
    root.Lang = String(about.language)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.OutputIntents = Array([_output_intent(pdf)])
    _information(pdf, about)
    with pdf.open_outline() as outline:
        marked = bookmarks or [(about.title, 0)]
        outline.root[:] = [OutlineItem(xml_text(title), page) for title, page in marked]


def save(pdf: Pdf, target: Path, flavour: Flavour) -> None:
    """Write ``pdf`` so that the same content gives the same bytes.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the folder cannot be written.
    """
    old = flavour is Flavour.A1B
    if Name.ID in pdf.trailer:
        del pdf.trailer[Name.ID]  # made up on the way here
    save_pdf(
        pdf,
        target,
        force_version=flavour.pdf_version,
        object_stream_mode=ObjectStreamMode.disable if old else ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        compress_streams=True,
        deterministic_id=True,
        linearize=False,
    )


def _output_intent(pdf: Pdf) -> pikepdf.Object:
    profile = Stream(pdf, srgb_profile())
    profile.N = 3
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
        RegistryName=String("http://www.color.org"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=pdf.make_indirect(profile),
    )
    return pdf.make_indirect(intent)


def _information(pdf: Pdf, about: DocumentAbout) -> None:
    """The information dictionary, equal to the XMP entry for entry (ISO 19005-1, 6.7.3)."""
    time = pdf_time(about).strftime("D:%Y%m%d%H%M%S%z")
    stamp = f"{time[:-2]}'{time[-2:]}'"
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary(
            Title=String(xml_text(about.title)),
            Creator=String(PRODUCER),
            Producer=String(PRODUCER),
            CreationDate=String(stamp),
            ModDate=String(stamp),
        )
    )
