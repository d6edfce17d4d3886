"""Covers and patch sheets are found however they lie and whatever they went through; nothing else is taken for one."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from numpy.typing import NDArray
from PIL import Image

from bench.covers import WAYS, rendered, skewed, turned
from imaging.raster import load_image
from scanner.covers.payload import Fault, parse
from scanner.covers.reading import NOTHING, Found, read_cover

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "pages"
COVER = parse("BL1*TAND-HN/HS:1987.00123*D12T02*S40*7K3QM9XT0ABC*0FPREPT")
Page = NDArray[np.uint8]


@pytest.fixture(scope="module")
def clean() -> tuple[Page, Page]:
    """A cover and a patch sheet at 200 dpi, as printed."""
    cover, patch = rendered([COVER], 1, 200)
    return cover, patch


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("degrees", [0, -10, 10])
def test_a_cover_is_read_however_it_lies(clean: tuple[Page, Page], quarters: int, degrees: float) -> None:
    reading = read_cover(turned(skewed(clean[0], degrees), quarters), 200)
    assert (reading.found, reading.payload, reading.turn) == (Found.COVER, COVER, quarters * 90)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("degrees", [0, -10, 10])
def test_a_patch_is_found_however_it_lies(clean: tuple[Page, Page], quarters: int, degrees: float) -> None:
    assert read_cover(turned(skewed(clean[1], degrees), quarters), 200).found is Found.PATCH_T


def test_grey_and_other_resolutions_do(clean: tuple[Page, Page]) -> None:
    grey = np.asarray(cv2.cvtColor(clean[0], cv2.COLOR_RGB2GRAY), np.uint8)
    assert read_cover(grey, 200).payload == COVER
    for dpi in (75, 150, 300):
        page = rendered([COVER], 0, dpi)[0]
        assert read_cover(page, dpi).payload == COVER


def test_noisy_black_and_white_will_do(clean: tuple[Page, Page]) -> None:
    noise = np.random.default_rng(3).normal(0, 70, clean[0].shape[:2])
    for page, found in zip(clean, (Found.COVER, Found.PATCH_T), strict=True):
        grey = cv2.cvtColor(skewed(page, 4), cv2.COLOR_RGB2GRAY)
        assert read_cover(np.where(grey + noise > 150, 255, 0).astype(np.uint8), 200).found is found


@pytest.mark.parametrize("way", WAYS)
def test_a_hard_life_does_not_hide_a_cover_or_a_patch(clean: tuple[Page, Page], way: str) -> None:
    for page, found in zip(clean, (Found.COVER, Found.PATCH_T), strict=True):
        reading = read_cover(WAYS[way](page, np.random.default_rng(11)), 200)
        assert reading.found is found and reading.payload == (COVER if found is Found.COVER else None)


def test_pen_strokes_through_all_corner_marks_do_not_hide_a_code(clean: tuple[Page, Page]) -> None:
    page = clean[0].copy()
    for y in range(480, 1100, 42):
        cv2.line(page, (400, y), (1250, y + 60), (20, 20, 120), 7)
    assert read_cover(page, 200).payload == COVER


@pytest.mark.parametrize("quarters", range(4))
def test_a_cover_without_its_code_is_unreadable_not_ordinary(clean: tuple[Page, Page], quarters: int) -> None:
    page = clean[0].copy()
    page[430:1350, 300:1000] = 255
    reading = read_cover(turned(page, quarters), 200)
    assert (reading.found, reading.fault, reading.turn) == (Found.UNREADABLE, "code", quarters * 90)


def test_half_a_cover_is_unreadable(clean: tuple[Page, Page]) -> None:
    page = clean[0].copy()
    page[:1200] = 255
    assert read_cover(page, 200).found is Found.UNREADABLE


def code(text: str, dpi: float = 200) -> Page:
    """A white A4 page with a QR code of 60 mm in its middle."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=12, border=4)
    side = round(60 / 25.4 * dpi)
    small = np.asarray(Image.open(out).convert("RGB").resize((side, side)))
    page = np.full((2339, 1654, 3), 255, np.uint8)
    page[900 : 900 + side, 500 : 500 + side] = small
    return page


def test_a_code_of_ours_that_fails_its_check_is_unreadable() -> None:
    head, _ = COVER.text.rsplit("*", 1)
    reading = read_cover(code(f"{head}*0000000"), 200)
    assert (reading.found, reading.fault, reading.payload) == (Found.UNREADABLE, Fault.CHECK, None)
    assert read_cover(code("BL7*x*y*z"), 200).fault is Fault.VERSION


@pytest.mark.parametrize(
    "text", ["https://congbobanan.toaan.gov.vn/2ta1234567t1cvn", "001087012345|Nguyễn Văn An|01011987", "BLA*1"]
)
def test_codes_of_others_are_no_covers(text: str) -> None:
    assert read_cover(code(text), 200) == NOTHING


def test_what_shows_through_from_the_back_is_no_cover(clean: tuple[Page, Page]) -> None:
    for strength in (0.05, 0.13):
        behind = 255 - (255 - clean[0][:, ::-1].astype(np.float32)) * strength
        ghost = np.asarray(cv2.GaussianBlur(behind, (0, 0), 1.7), np.uint8)
        assert read_cover(ghost, 200) == NOTHING


def test_a_mirrored_code_is_not_taken_for_one() -> None:
    assert read_cover(np.ascontiguousarray(code(COVER.text)[:, ::-1]), 200) == NOTHING


def test_other_patch_codes_and_tables_are_no_separators() -> None:
    page = np.full((2339, 1654, 3), 255, np.uint8)
    for top in range(300, 2000, 60):
        cv2.line(page, (150, top), (1500, top), (0, 0, 0), 5)
    assert read_cover(page, 200) == NOTHING
    page[:] = 255
    y = 80
    for wide in (True, True, False, False):
        page[y : y + (40 if wide else 16), 500:1000] = 0
        y += (40 if wide else 16) + 16
    assert read_cover(page, 200) == NOTHING


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 4000, 3), (3000, 7, 3), (300, 300)])
def test_odd_pictures_hold_nothing(shape: tuple[int, ...]) -> None:
    for value in (0, 255):
        assert read_cover(np.full(shape, value, np.uint8), 300) == NOTHING
    noise = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    assert read_cover(noise, 300) == NOTHING


def test_sample_pages_are_no_covers() -> None:
    pages = sorted((ROOT / "samples" / "case-files").rglob("*.jpg"))[::3]
    assert pages
    assert {read_cover(load_image(path), 300).found for path in pages} == {Found.NOTHING}


@pytest.mark.skipif(not SHARED.is_dir(), reason="real pages (../shared/pages) are not here")
def test_real_pages_are_no_covers() -> None:
    pages = sorted((SHARED / "printed-vi").glob("*.jpg")) + sorted((SHARED / "typewritten-fr").glob("*.jpg"))
    assert len(pages) > 20
    assert {read_cover(load_image(path), 200).found for path in pages} == {Found.NOTHING}
