"""PDF masters: converted where the result is valid, else rendered, and never touched themselves."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageDraw, ImageFont

from archive.about import DocumentAbout
from archive.document import PageRead, build_document
from archive.foreign import convert_foreign
from archive.options import PdfOptions
from archive.verapdf import VeraPdf, default_home
from core.files import sha256_file
from core.model import Line, MasterKind, PageImage, RecognizedPage, Verdict, VerdictState, Word

ABOUT = DocumentAbout(
    "TAND-HN.HS.1987.00123.0000002",
    "TAND-HN.HS.1987.00123",
    "Biên bản phiên tòa",
    "vi",
    "Tòa án nhân dân thành phố Hà Nội",
    "Trần Văn Bình",
    "2026-11-23T10:00:00+00:00",
    "court-a4",
)
WORDS = ("Biên", "bản", "phiên", "tòa", "sơ", "thẩm")


@pytest.fixture(scope="module")
def checker() -> Iterator[VeraPdf]:
    with VeraPdf(default_home()) as running:
        yield running


def scan(folder: Path) -> Path:
    image = Image.new("RGB", (600, 400), "ivory")
    font = ImageFont.truetype("DejaVuSans.ttf", 28)
    ImageDraw.Draw(image).text((30, 60), " ".join(WORDS), font=font, fill="black")
    image.save(folder / "scan.jpg", quality=80)
    return folder / "scan.jpg"


def foreign(folder: Path, content: bytes = b"", *, rotate: int = 0, **fonts: Dictionary) -> Path:
    """A PDF page of 432 × 288 pt that shows a JPEG scan, then ``content``."""
    with Pdf.new() as pdf:
        pdf.add_blank_page(page_size=(432, 288))
        page = pdf.pages[0].obj
        image = Stream(pdf, scan(folder).read_bytes(), Type=Name.XObject, Subtype=Name.Image, Width=600, Height=400)
        image.ColorSpace, image.BitsPerComponent, image.Filter = Name.DeviceRGB, 8, Name.DCTDecode
        given = {f"/{name}": font for name, font in fonts.items()}
        page.Resources = Dictionary(XObject=Dictionary(Im0=image), Font=Dictionary(given))
        page.Contents = Stream(pdf, b"q 432 0 0 288 0 0 cm /Im0 Do Q\n" + content)
        page.Rotate = rotate
        pdf.save(folder / "master.pdf")
    return folder / "master.pdf"


def helvetica() -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def pages_of(master: Path, rotation: int = 0) -> list[PageRead]:
    boxes = [(30 + 85 * i, 60, 105 + 85 * i, 95) for i in range(len(WORDS))]
    words = tuple(Word(text, box, 0.9) for text, box in zip(WORDS, boxes, strict=True))
    line = Line(words, (30, 60, boxes[-1][2], 95), (30.0, 90.0, float(boxes[-1][2]), 90.0), "vi")
    image = PageImage(
        f"{ABOUT.id}.p0001", master, sha256_file(master), MasterKind.PDF, 0, 600, 400, 100.0, "colour", "b", 1, "x", 0.0
    )
    return [(image, RecognizedPage(600, 400, rotation, 0.0, 0.9, "vi", "test", (line,)))]


def text_of(path: Path) -> list[str]:
    return subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True).stdout.split()


def test_scan_in_a_pdf_keeps_its_picture_and_gets_its_words(tmp_path: Path, checker: VeraPdf) -> None:
    master = foreign(tmp_path)
    before = master.read_bytes()
    result = build_document(tmp_path / "t.pdf", pages_of(master), ABOUT, PdfOptions(), checker.check)
    assert (result.route, result.verdict.state, result.reason) == ("converted", VerdictState.PASSED, "")
    assert text_of(result.path) == list(WORDS)
    with pikepdf.open(result.path) as pdf:
        images = [item for item in pdf.pages[0].Resources.XObject.values() if item.Subtype == "/Image"]
        assert [item.read_raw_bytes() for item in images] == [(tmp_path / "scan.jpg").read_bytes()]
        assert pdf.open_metadata()["pdfaid:conformance"] == "U"
    assert master.read_bytes() == before


def office_scan(folder: Path, content: bytes = b"") -> Path:
    """A PDF of a page of 300 dpi, grainy and in colour, as office scanners make them."""
    picture = Image.new("RGB", (1800, 1200), "ivory")
    font = ImageFont.truetype("DejaVuSans.ttf", 84)
    ImageDraw.Draw(picture).text((90, 180), " ".join(WORDS), font=font, fill="navy")
    grain = np.random.default_rng(1).normal(0, 5, (1200, 1800, 3))
    noisy = np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(folder / "office.jpg", quality=85)
    with Pdf.new() as pdf:
        pdf.add_blank_page(page_size=(432, 288))
        page = pdf.pages[0].obj
        image = Stream(pdf, (folder / "office.jpg").read_bytes(), Type=Name.XObject, Subtype=Name.Image)
        image.Width, image.Height, image.ColorSpace, image.BitsPerComponent = 1800, 1200, Name.DeviceRGB, 8
        image.Filter = Name.DCTDecode
        page.Resources = Dictionary(XObject=Dictionary(Im0=image), Font=Dictionary(H=helvetica()))
        page.Contents = Stream(pdf, b"q 432 0 0 288 0 0 cm /Im0 Do Q\n" + content)
        pdf.save(folder / "office.pdf")
    return folder / "office.pdf"


def office_pages(master: Path) -> list[PageRead]:
    ((image, read),) = pages_of(master)
    return [(replace(image, width=1800, height=1200, dpi=300.0), replace(read, width=1800, height=1200, lines=()))]


@pytest.mark.parametrize("hidden", [b"", b"BT 3 Tr /H 12 Tf 20 200 Td (RUBBISH) Tj ET"])
def test_coloured_scans_in_a_pdf_are_shown_in_layers(tmp_path: Path, checker: VeraPdf, hidden: bytes) -> None:
    master = office_scan(tmp_path, hidden)
    result = build_document(tmp_path / "t.pdf", office_pages(master), ABOUT, PdfOptions(), checker.check)
    assert (result.route, result.verdict.state) == ("rendered", VerdictState.PASSED)
    assert result.path.stat().st_size < master.stat().st_size / 3
    assert "RUBBISH" not in text_of(result.path)


@pytest.mark.parametrize("more", [b"BT /H 12 Tf 20 20 Td (Signed) Tj ET", b"1 0 0 rg 10 10 50 30 re f"])
def test_scan_with_something_drawn_on_it_keeps_that_as_it_is(tmp_path: Path, checker: VeraPdf, more: bytes) -> None:
    result = build_document(
        tmp_path / "t.pdf", office_pages(office_scan(tmp_path, more)), ABOUT, PdfOptions(), checker.check
    )
    assert "layers" not in result.reason
    assert result.verdict.state is VerdictState.PASSED


def test_words_lie_in_place_on_a_converted_page_that_was_scanned_turned(tmp_path: Path, checker: VeraPdf) -> None:
    result = build_document(
        tmp_path / "t.pdf", pages_of(foreign(tmp_path), rotation=180), ABOUT, PdfOptions(), checker.check
    )
    assert result.route == "converted"
    with pikepdf.open(result.path) as pdf:
        assert pdf.pages[0].obj.Rotate == 180
        pdf.pages[0].obj.Rotate = 0
        pdf.save(tmp_path / "back.pdf")
    found = subprocess.run(["pdftotext", "-bbox", tmp_path / "back.pdf", "-"], capture_output=True, check=True).stdout
    assert b'<word xMin="21.6' in found
    assert b'yMin="43.2' in found


def test_old_hidden_text_is_replaced(tmp_path: Path, checker: VeraPdf) -> None:
    hidden = b"BT 3 Tr /H 12 Tf 20 200 Td (RUBBISH) Tj ET"
    result = build_document(
        tmp_path / "t.pdf", pages_of(foreign(tmp_path, hidden, H=helvetica())), ABOUT, PdfOptions(), checker.check
    )
    assert text_of(result.path) == list(WORDS)


def test_visible_text_without_its_font_makes_the_page_rendered(tmp_path: Path, checker: VeraPdf) -> None:
    stamp = b"BT /H 12 Tf 20 20 Td (Signed) Tj ET"
    result = build_document(
        tmp_path / "t.pdf", pages_of(foreign(tmp_path, stamp, H=helvetica())), ABOUT, PdfOptions(), checker.check
    )
    assert (result.route, result.verdict.state) == ("rendered", VerdictState.PASSED)
    assert "embedded" in result.reason
    assert text_of(result.path) == list(WORDS)


def test_signed_master_loses_its_signature_field_but_not_the_look_of_it(tmp_path: Path, checker: VeraPdf) -> None:
    master = foreign(tmp_path)
    with pikepdf.open(master, allow_overwriting_input=True) as pdf:
        look = Stream(pdf, b"1 0 0 rg 0 0 50 30 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 50, 30])
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T="s", F=4, Rect=[370, 10, 420, 40])
        field.AP = Dictionary(N=pdf.make_indirect(look))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(field)])
        pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].obj.Annots, SigFlags=3)
        pdf.save(master)
    result = build_document(tmp_path / "t.pdf", pages_of(master), ABOUT, PdfOptions(), checker.check)
    assert result.route == "converted"
    with pikepdf.open(result.path) as pdf:
        assert "/AcroForm" not in pdf.Root
    subprocess.run(["pdftoppm", "-r", "72", "-png", result.path, tmp_path / "see"], check=True)
    assert Image.open(next(tmp_path.glob("see*.png"))).getpixel((395, 263)) == (255, 0, 0)


def test_same_master_gives_same_bytes(tmp_path: Path, checker: VeraPdf) -> None:
    pages = pages_of(foreign(tmp_path))
    for name in ("1.pdf", "2.pdf"):
        assert build_document(tmp_path / name, pages, ABOUT, PdfOptions(), checker.check).route == "converted"
    assert (tmp_path / "1.pdf").read_bytes() == (tmp_path / "2.pdf").read_bytes()


def test_without_a_checker_pages_are_rendered_and_not_called_verified(tmp_path: Path) -> None:
    def unable(path: Path) -> Verdict:
        return Verdict("pdfa-before", VerdictState.NOT_VERIFIED, "veraPDF", ("not installed",))

    result = build_document(tmp_path / "t.pdf", pages_of(foreign(tmp_path)), ABOUT, PdfOptions(), unable)
    assert (result.route, result.verdict.state) == ("rendered", VerdictState.NOT_VERIFIED)
    assert result.reason == "not installed"


def test_profile_may_ask_for_rendered_pages(tmp_path: Path, checker: VeraPdf) -> None:
    options = PdfOptions(keep_foreign=False)
    result = build_document(tmp_path / "t.pdf", pages_of(foreign(tmp_path)), ABOUT, options, checker.check)
    assert (result.route, result.verdict.state) == ("rendered", VerdictState.PASSED)


def test_damaged_content_stream_is_rendered(tmp_path: Path, checker: VeraPdf) -> None:
    master = foreign(tmp_path, b"BT (unclosed q Q <<")
    result = build_document(tmp_path / "t.pdf", pages_of(master), ABOUT, PdfOptions(), checker.check)
    assert result.verdict.state is VerdictState.PASSED


def test_conversion_past_its_time_is_given_up(tmp_path: Path, checker: VeraPdf) -> None:
    failure = convert_foreign(tmp_path / "t.pdf", pages_of(foreign(tmp_path)), ABOUT, PdfOptions(), start_seconds=-19.9)
    assert failure is not None
    assert "did not finish" in failure
