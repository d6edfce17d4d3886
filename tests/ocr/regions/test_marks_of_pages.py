"""What is no text on pages that are read with the shipped weights: found where it was drawn, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.model import Box, RecognizedPage, Region, RegionKind
from imaging.raster import load_image
from ocr.butluc import make_butluc
from ocr.options import OcrOptions
from ocr.reader import read_page
from samples import marks
from samples.fonts import FontBook
from samples.markup import words
from samples.pens import HandPen
from tests.ocr.conftest import Typeset
from tests.ocr.regions.scribbles import photograph, write_line

CASE_FILE = Path(__file__).parents[3] / "samples" / "case-files" / "TAND-HL.DS.1987.00042"
PRINTED = Path(__file__).parents[4] / "shared" / "pages" / "printed-vi"
BLUE = (38, 52, 132)
TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
SIGNER = ("THẨM PHÁN - CHỦ TỌA PHIÊN TÒA", "Nguyễn Hữu Trác")

Rgb = NDArray[np.uint8]


def read(image: Rgb) -> RecognizedPage:
    return read_page(image, OcrOptions(), make_butluc(OcrOptions()))


def marked(page: RecognizedPage) -> list[Region]:
    others = (RegionKind.TEXT, RegionKind.TABLE, RegionKind.SEAL)
    return [region for region in page.regions if region.kind not in others]


def kinds(page: RecognizedPage) -> list[str]:
    return [region.kind.value for region in marked(page)]


def overlap(one: Box, other: Box) -> float:
    """Area of the intersection over that of the union."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0, wide) * max(0, high)
    return both / (sum((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)) - both)


def inked(image: Rgb, plane: Image.Image, ink: tuple[int, int, int]) -> Rgb:
    """The page with a plane of ink laid over it."""
    share = np.asarray(plane, np.float64)[:, :, None] / 255
    return np.round(image * (1 - share * (1 - np.array(ink) / 255))).astype(np.uint8)


def with_signature(typeset: Typeset, judgment: Sequence[str]) -> tuple[Rgb, Box]:
    """A judgment's end: title, signature in black, name."""
    image = typeset((*judgment, SIGNER[0], "", "", "", SIGNER[1]))
    plane = Image.new("L", image.shape[1::-1])
    marks.signature(plane, (450, 150 + 71.4 * 12.2), 420, np.random.default_rng(3))
    left, top, right, bottom = plane.getbbox() or (0, 0, 0, 0)
    return inked(image, plane, (30, 30, 30)), (left, top, right, bottom)


@pytest.mark.parametrize("angle", [0.0, 3.0, -5.0])
def test_a_page_of_print_holds_nothing_but_text(typeset: Typeset, judgment: tuple[str, ...], angle: float) -> None:
    page = read(typeset(judgment, angle=angle))
    assert marked(page) == [] and page.quality > 0.95


def test_rules_tables_holes_shadows_and_light_print_are_no_marks(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    image = typeset(judgment)
    height, width = image.shape[:2]
    cv2.rectangle(image, (100, 300), (width - 60, 520), (20, 20, 20), 3)
    cv2.line(image, (700, 300), (700, 520), (20, 20, 20), 3)
    image[560:640, 100:1200] = 255 - image[560:640, 100:1200]
    for y in (height // 3, 2 * height // 3):
        cv2.circle(image, (50, y), 34, (40, 40, 40), -1)
    image[:, -30:] = 50
    across = np.linspace(1.0, 0.45, width)[None, :, None]
    assert kinds(read((image * across).astype(np.uint8))) == []


def test_hatching_and_show_through_are_no_handwriting(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    hatched = np.full((900, 1200), 240, np.uint8)
    for x in range(-900, 1200, 14):
        cv2.line(hatched, (x, 0), (x + 900, 900), 90, 2)
    assert kinds(read(hatched)) == []
    back = cv2.GaussianBlur(np.ascontiguousarray(typeset(judgment)[:, ::-1]), (0, 0), 2.5)
    assert kinds(read((255 - (255 - back.astype(np.float64)) * 0.12).astype(np.uint8))) == []


@pytest.mark.skipif(not PRINTED.exists(), reason="../shared/pages/printed-vi is absent")
@pytest.mark.parametrize("name", ["p00", "p01", "p03", "p06", "p13"])
def test_printed_state_papers_hold_nothing_but_text(name: str) -> None:
    assert marked(read(load_image(PRINTED / f"{name}.jpg"))) == []


def test_a_signature_is_found_below_its_title(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    image, truth = with_signature(typeset, judgment)
    page = read(image)
    assert kinds(page) == ["signature"]
    assert overlap(marked(page)[0].box, truth) > 0.7
    assert page.text.splitlines()[-2:] == list(SIGNER)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_marks_of_a_turned_page_lie_on_it_as_it_is(typeset: Typeset, judgment: tuple[str, ...], turned: int) -> None:
    image, (x0, y0, x1, y1) = with_signature(typeset, judgment)
    height, width = image.shape[:2]
    page = read(np.ascontiguousarray(cv2.rotate(image, TURNS[turned])))
    truth = {
        90: (height - y1, x0, height - y0, x1),
        180: (width - x1, height - y1, width - x0, height - y0),
        270: (y0, width - x1, y1, width - x0),
    }[turned]
    assert page.rotation == 360 - turned and kinds(page) == ["signature"]
    assert overlap(marked(page)[0].box, truth) > 0.7


def test_scrawled_lines_are_handwriting_and_no_text(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    clean = typeset((*judgment, *[""] * 6))
    grey = Image.fromarray(clean[:, :, 0])
    rng = np.random.default_rng(8)
    boxes = [write_line(grey, (150, 950 + 90 * row), 900, 36, rng) for row in range(4)]
    page = read(np.repeat(np.asarray(grey)[:, :, None], 3, axis=2))
    assert page.text.splitlines() == read(clean).text.splitlines()
    assert set(kinds(page)) == {"handwriting"}
    for box in boxes:
        middle = (box[0] + box[2]) // 2, (box[1] + box[3]) // 2
        assert any(cv2.pointPolygonTest(np.array(it.polygon), middle, False) >= 0 for it in marked(page)), box
    assert page.quality < 0.85 < read(clean).quality


def test_a_name_in_blue_ink_on_a_form_is_left_to_people(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    image = typeset((*judgment, "Người được triệu tập, họ và tên:"))
    plane = Image.new("L", image.shape[1::-1])
    pen = HandPen(FontBook(), 56, np.random.default_rng(2))
    x = 740.0
    for word in words("Trần Văn Lượng"):
        pen.write(plane, x, 150 + 71.4 * 10 + 38, word)
        x += pen.width(word) + 20
    page = read(inked(image, plane, BLUE))
    assert kinds(page) == ["handwriting"]
    assert overlap(marked(page)[0].box, plane.getbbox() or (0, 0, 0, 0)) > 0.6
    assert page.text.splitlines()[-1] == "Người được triệu tập, họ và tên:"
    assert page.lines[-1].box[2] < 740 and max(x for x, _ in page.lines[-1].polygon) < 745
    black = read(inked(image, plane, (20, 20, 20)))
    assert black.text.splitlines()[-1] != page.text.splitlines()[-1], "without colour it is what the engine reads"


@pytest.mark.parametrize("halftone", [False, True])
def test_photographs_are_pictures(typeset: Typeset, judgment: tuple[str, ...], halftone: bool) -> None:
    image = typeset((*judgment, *[""] * 8))
    image[950:1350, 200:500] = photograph(300, 400, np.random.default_rng(4), halftone=halftone)[:, :, None]
    page = read(image)
    assert kinds(page) == ["picture"] and overlap(marked(page)[0].box, (200, 950, 500, 1350)) > 0.8


@pytest.mark.parametrize(
    ("name", "expected", "share_of_quality"),
    [
        ("04-giay-trieu-tap/p01", {"handwriting", "signature"}, 0.85),
        ("06-ghi-chu-tay/p01", {"handwriting"}, 0.0),
        ("08-ban-an/p02", {"handwriting"}, 0.97),
    ],
)
def test_aged_samples_show_what_hands_have_left(name: str, expected: set[str], share_of_quality: float) -> None:
    page = read(load_image(CASE_FILE / f"{name}.jpg"))
    assert set(kinds(page)) == expected
    assert share_of_quality <= page.quality <= share_of_quality + 0.15
    printed = (CASE_FILE / f"{name}.txt").read_text(encoding="utf-8").split()
    assert not {"Lượng", "ruộng,", "mộc"} & set(page.text.split()) - set(printed)
