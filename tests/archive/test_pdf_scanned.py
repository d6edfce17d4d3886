"""PDF/A of scanned pages: valid, faithful, upright, deterministic."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageFont

from archive.about import DocumentAbout
from archive.document import PageRead, build_pdf
from archive.icc import srgb_profile
from archive.options import Encoding, Flavour, PdfOptions
from archive.verapdf import VeraPdf, default_home
from core.errors import BadInputError, IntegrityError
from core.files import sha256_file
from core.model import Line, MasterKind, PageImage, RecognizedPage, VerdictState, Word

SENTENCE = ("TÒA", "ÁN", "NHÂN", "DÂN", "xét", "xử", "sơ", "thẩm")
ABOUT = DocumentAbout(
    id="TAND-HN.HS.1987.00123.0000001",
    case_file="TAND-HN.HS.1987.00123",
    title="Bản án số 15/DS-ST <đất đai> & “thừa kế”",
    language="vi",
    organisation="Tòa án nhân dân thành phố Hà Nội",
    converted_by="Nguyễn Thị Hòa",
    converted_at="2026-11-23T10:00:00.123+07:00",
    profile="court-a4",
)


@pytest.fixture(scope="module")
def checker() -> Iterator[VeraPdf]:
    with VeraPdf(default_home()) as running:
        yield running


def picture(colour: str = "darkblue") -> tuple[Image.Image, tuple[Word, ...]]:
    """A small page with a line of Vietnamese and a red stamp that does not look the same from any side."""
    image = Image.new("RGB", (600, 400), "ivory")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSans.ttf", 22)
    words, x = [], 30
    for text in SENTENCE:
        box = draw.textbbox((x, 60), text, font=font)
        draw.text((x, 60), text, font=font, fill=colour)
        words.append(Word(text, tuple(map(round, box)), 0.95))
        x = round(box[2]) + 12
    draw.polygon([(60, 200), (260, 220), (80, 350)], fill="red")
    return image, tuple(words)


def page_of(master: Path, *, rotation: int = 0, number: int = 1, mode: str = "colour") -> PageRead:
    _, words = picture()
    with Image.open(master) as image:
        width, height = image.size
        if image.getexif().get(0x0112, 1) >= 5:
            width, height = height, width
    line = Line(words, (30, 60, words[-1].box[2], 90), (30.0, 86.0, float(words[-1].box[2]), 86.0), "vi")
    page_id = f"{ABOUT.id}.p{number:04d}"
    sha = sha256_file(master)
    kept = PageImage(page_id, master, sha, MasterKind.IMAGE, 0, width, height, 100.0, mode, "lô-1", number, "máy", 0.0)
    return kept, RecognizedPage(width, height, rotation, 0.0, 0.9, "vi", "test", (line,))


def saved(path: Path, **options: object) -> Path:
    picture()[0].save(path, **options)
    return path


def shown(pdf: Path, dpi: int = 100) -> np.ndarray:
    done = subprocess.run(["pdftoppm", "-r", str(dpi), "-png", pdf], capture_output=True, check=True)
    return np.asarray(Image.open(io.BytesIO(done.stdout)).convert("RGB"), dtype=float)


def kept_pixels(pdf: Path) -> bytes:
    with pikepdf.open(pdf) as opened:
        return pikepdf.PdfImage(opened.pages[0].Resources.XObject.Im0).as_pil_image().tobytes()


def likeness(pdf: Path, expected: Image.Image) -> float:
    """Mean difference of levels, 0–255."""
    return float(np.abs(shown(pdf) - np.asarray(expected.convert("RGB"), dtype=float)).mean())


@pytest.mark.parametrize("flavour", list(Flavour))
@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_every_flavour_is_valid_and_whole(tmp_path: Path, checker: VeraPdf, flavour: Flavour, name: str) -> None:
    target = tmp_path / "t.pdf"
    build_pdf(target, [page_of(saved(tmp_path / name))], ABOUT, PdfOptions(flavour=flavour))
    verdict = checker.check(target, flavour.value)
    assert (verdict.state, verdict.problems) == (VerdictState.PASSED, ())
    with pikepdf.open(target) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_jpeg_master_goes_in_byte_for_byte(tmp_path: Path) -> None:
    for name, options in (("base", {}), ("progressive", {"progressive": True})):
        master, target = saved(tmp_path / f"{name}.jpg", quality=70, **options), tmp_path / f"{name}.pdf"
        build_pdf(target, [page_of(master)], ABOUT, PdfOptions(encoding=Encoding.JPEG))
        with pikepdf.open(target) as pdf:
            assert pdf.pages[0].Resources.XObject.Im0.read_raw_bytes() == master.read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_obeyed_without_touching_the_jpeg(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    upright = picture()[0]
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(back[orientation]))
    master, target = tmp_path / "t.jpg", tmp_path / "t.pdf"
    stored.save(master, quality=95, subsampling=0, exif=exif.tobytes())
    build_pdf(target, [page_of(master)], ABOUT, PdfOptions(encoding=Encoding.JPEG))
    assert likeness(target, upright) < 3
    with pikepdf.open(target) as pdf:
        assert pdf.pages[0].Resources.XObject.Im0.read_raw_bytes() == master.read_bytes()


def test_cmyk_jpeg_is_encoded_anew_in_rgb(tmp_path: Path, checker: VeraPdf) -> None:
    master, target = tmp_path / "t.jpg", tmp_path / "t.pdf"
    picture()[0].convert("CMYK").save(master, quality=95)
    build_pdf(target, [page_of(master)], ABOUT, PdfOptions(encoding=Encoding.JPEG))
    assert checker.check(target).state is VerdictState.PASSED
    assert likeness(target, Image.open(master).convert("RGB")) < 3


def test_rgb_coded_jpeg_keeps_its_colours(tmp_path: Path) -> None:
    master, target = saved(tmp_path / "t.jpg", keep_rgb=True, quality=95), tmp_path / "t.pdf"
    build_pdf(target, [page_of(master)], ABOUT, PdfOptions(encoding=Encoding.JPEG))
    assert likeness(target, picture()[0]) < 3


def test_embedded_profile_of_other_colours_stays(tmp_path: Path, checker: VeraPdf) -> None:
    profile = srgb_profile().replace(b"sRGB IEC61966-2.1", b"Scanner RGB 2.1xx")
    master, target = saved(tmp_path / "t.jpg", icc_profile=profile), tmp_path / "t.pdf"
    build_pdf(target, [page_of(master)], ABOUT, PdfOptions(encoding=Encoding.JPEG))
    with pikepdf.open(target) as pdf:
        space = pdf.pages[0].Resources.XObject.Im0.ColorSpace
        assert space[1].read_bytes() == profile
    assert checker.check(target).state is VerdictState.PASSED


def test_lossless_pages_have_exactly_the_pixels_of_the_master(tmp_path: Path, checker: VeraPdf) -> None:
    for mode in ("RGB", "L"):
        master, target = tmp_path / f"{mode}.png", tmp_path / f"{mode}.pdf"
        picture()[0].convert(mode).save(master)
        build_pdf(target, [page_of(master)], ABOUT, PdfOptions(encoding=Encoding.LOSSLESS))
        assert kept_pixels(target) == Image.open(master).tobytes()
        assert likeness(target, Image.open(master)) < 2
        assert checker.check(target).state is VerdictState.PASSED


def test_bitonal_pages_are_group_4_and_not_inverted(tmp_path: Path, checker: VeraPdf) -> None:
    master, target = tmp_path / "t.tif", tmp_path / "t.pdf"
    picture()[0].convert("1", dither=Image.Dither.NONE).save(master, compression="group4")
    build_pdf(target, [page_of(master, mode="bitonal")], ABOUT, PdfOptions())
    with pikepdf.open(target) as pdf:
        assert pdf.pages[0].Resources.XObject.Im0.Filter == "/CCITTFaxDecode"
    assert kept_pixels(target) == Image.open(master).tobytes()
    assert likeness(target, Image.open(master)) < 2
    assert checker.check(target).state is VerdictState.PASSED


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_page_is_shown_upright_with_its_words_in_place(tmp_path: Path, rotation: int) -> None:
    upright = picture()[0]
    turned, (wide, high) = upright.rotate(rotation, expand=True), upright.size
    master, target = tmp_path / "t.png", tmp_path / "t.pdf"
    turned.save(master)
    kept, read = page_of(master)
    words = tuple(Word(w.text, _turn_box(w.box, rotation, wide, high), 0.9) for w in picture()[1])
    ends = [_turn_point(x, 86, rotation, wide, high) for x in (30, 400)]
    line = Line(words, words[0].box, (*ends[0], *ends[1]), "vi")
    read = RecognizedPage(turned.width, turned.height, rotation, 0.0, 0.9, "vi", "test", (line,))
    build_pdf(target, [(kept, read)], ABOUT, PdfOptions(encoding=Encoding.LOSSLESS))
    assert likeness(target, upright) < 2
    found = subprocess.run(["pdftotext", "-bbox", target, "-"], capture_output=True, text=True, check=True).stdout
    boxes = re.findall(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<', found)
    assert [text for *_, text in boxes] == list(SENTENCE)
    for (x0, y0, x1, y1, _), word in zip(boxes, picture()[1], strict=True):
        middle = [(float(a) + float(b)) / 2 * 100 / 72 for a, b in ((x0, x1), (y0, y1))]
        assert middle == pytest.approx([(word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2], abs=4)


def _turn_point(x: float, y: float, rotation: int, wide: int, high: int) -> tuple[float, float]:
    return {90: (y, wide - x), 180: (wide - x, high - y), 270: (high - y, x)}[rotation]


def _turn_box(box: tuple[int, ...], rotation: int, wide: int, high: int) -> tuple[int, int, int, int]:
    (x0, y0), (x1, y1) = (_turn_point(box[i], box[i + 1], rotation, wide, high) for i in (0, 2))
    return round(min(x0, x1)), round(min(y0, y1)), round(max(x0, x1)), round(max(y0, y1))


def test_page_has_the_size_that_was_scanned_and_same_input_gives_same_bytes(tmp_path: Path) -> None:
    pages = [page_of(saved(tmp_path / "a.jpg")), page_of(saved(tmp_path / "b.png"), number=2)]
    for name in ("1.pdf", "2.pdf"):
        build_pdf(tmp_path / name, pages, ABOUT, PdfOptions())
    assert (tmp_path / "1.pdf").read_bytes() == (tmp_path / "2.pdf").read_bytes()
    with pikepdf.open(tmp_path / "1.pdf") as pdf:
        assert [float(side) for side in pdf.pages[1].MediaBox] == [0, 0, 600 * 72 / 100, 400 * 72 / 100]


def test_metadata_tells_conversion_and_masters(tmp_path: Path) -> None:
    kept, read = page_of(saved(tmp_path / "a.jpg"))
    build_pdf(tmp_path / "t.pdf", [(kept, read)], ABOUT, PdfOptions())
    with pikepdf.open(tmp_path / "t.pdf") as pdf:
        assert (pdf.Root.Lang, str(pdf.docinfo["/Title"])) == ("vi", ABOUT.title)
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261123100000+07'00'"
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == [ABOUT.title]
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "U")
        assert meta["{urn:butluc:archive:1:}masterHash"] == [kept.sha256]
        mark = meta["{urn:butluc:archive:1:}conversionMark"]
    assert "chuyển đổi từ tài liệu giấy" in mark
    assert "Nguyễn Thị Hòa" in mark


def test_many_large_pages_pass_through_temporary_files(tmp_path: Path, checker: VeraPdf) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (2200, 2200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "n.png", compress_level=0)
    kept, _ = page_of(tmp_path / "n.png")
    pages = [(kept, RecognizedPage(2200, 2200, 0, 0.0, 0.0, "vi", "t"))] * 4
    build_pdf(tmp_path / "t.pdf", pages, ABOUT, PdfOptions(encoding=Encoding.LOSSLESS))
    with pikepdf.open(tmp_path / "t.pdf") as pdf:
        assert len(pdf.pages) == 4
    build_pdf(tmp_path / "u.pdf", pages, ABOUT, PdfOptions(encoding=Encoding.LOSSLESS))
    assert (tmp_path / "u.pdf").read_bytes() == (tmp_path / "t.pdf").read_bytes()
    assert checker.check(tmp_path / "t.pdf").state is VerdictState.PASSED


def test_tiny_and_endless_pages_stay_within_what_pdf_allows(tmp_path: Path, checker: VeraPdf) -> None:
    for name, size, dpi in (("dot", (2, 2), 300.0), ("roll", (40, 9000), 40.0)):
        Image.new("RGB", size, "white").save(tmp_path / f"{name}.png")
        sha = "0" * 64
        kept = PageImage("x", tmp_path / f"{name}.png", sha, MasterKind.IMAGE, 0, *size, dpi, "grey", "b", 1, "x", 1.0)
        build_pdf(tmp_path / "t.pdf", [(kept, RecognizedPage(*size, 0, 0, 0, "vi", "t"))], ABOUT, PdfOptions())
        assert checker.check(tmp_path / "t.pdf").state is VerdictState.PASSED


def test_unusable_pages_are_refused_with_their_reason(tmp_path: Path) -> None:
    kept, read = page_of(saved(tmp_path / "a.png"))
    with pytest.raises(BadInputError) as none:
        build_pdf(tmp_path / "t.pdf", [], ABOUT, PdfOptions())
    assert none.value.code == "archive.no-pages"
    other = RecognizedPage(read.width + 1, read.height, 0, 0.0, 0.9, "vi", "t")
    with pytest.raises(BadInputError) as differs:
        build_pdf(tmp_path / "t.pdf", [(kept, other)], ABOUT, PdfOptions())
    assert differs.value.code == "archive.sizes-differ"
    Image.new("RGB", (10, 10)).save(kept.master)
    with pytest.raises((IntegrityError, BadInputError)):
        build_pdf(tmp_path / "t.pdf", [(kept, read)], ABOUT, PdfOptions())
    kept.master.unlink()
    with pytest.raises(BadInputError) as missing:
        build_pdf(tmp_path / "t.pdf", [(kept, read)], ABOUT, PdfOptions())
    assert missing.value.code == "archive.master-missing"
    assert not (tmp_path / "t.pdf").exists()


def test_conversion_time_needs_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        DocumentAbout("i", "c", "t", "vi", "o", "b", datetime(2026, 1, 1).isoformat(), "p")
    assert datetime.fromisoformat(ABOUT.converted_at).astimezone(UTC).hour == 3


def test_own_srgb_profile_is_the_srgb_that_others_mean() -> None:
    ours = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    ramp = Image.fromarray(np.random.default_rng(1).integers(0, 256, (32, 32, 3), dtype=np.uint8))
    through = ImageCms.profileToProfile(ramp, ours, ImageCms.createProfile("sRGB"), renderingIntent=1)
    assert np.abs(np.asarray(through, dtype=int) - np.asarray(ramp, dtype=int)).max() <= 2
