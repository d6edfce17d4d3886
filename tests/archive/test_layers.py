"""Pages in layers: small, sharp where there is ink, true in colour, and refused where they would not be."""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from archive.layers import Layers, faithful, part
from archive.options import Encoding, PdfOptions
from archive.pageimage import encode_page, encode_raster
from core.model import MasterKind, PageImage
from imaging.raster import load_image

DPI = 300.0
PAPER, BLUE, RED = (236, 222, 190), (40, 50, 120), (200, 60, 60)
CASE_FILES = Path(__file__).parents[2] / "samples" / "case-files"
LINE = "Xử vắng mặt bị đơn; buộc ông Nguyễn Văn Hậu trả lại thửa đất số 42"


def written(size: tuple[int, int] = (1500, 900)) -> np.ndarray:
    """Grainy yellowed paper with blue lines of Vietnamese and a red ring over them."""
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSans.ttf", 38)
    for top in range(60, size[1] - 80, 90):
        draw.text((80, top), LINE, font=font, fill=BLUE)
    draw.ellipse((900, 300, 1300, 700), outline=RED, width=14)
    grain = np.random.default_rng(3).normal(0, 4, (size[1], size[0], 1))
    return np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)


def shown(layers: Layers, page: np.ndarray) -> np.ndarray:
    """What a viewer draws of the layers, as large as the page."""
    high, wide = layers.mask.shape
    paper, ink = (cv2.resize(layer, (wide, high)) for layer in (layers.paper, layers.ink))
    mask = layers.mask if paper.ndim == 2 else layers.mask[..., None]
    return np.where(mask, ink, paper)[: page.shape[0], : page.shape[1]]


def parted(page: np.ndarray, dpi: float = DPI) -> Layers:
    layers = part(page, dpi)
    assert layers is not None
    return layers


def test_ink_is_in_the_mask_and_paper_is_not() -> None:
    page = written()
    mask = parted(page).mask[: page.shape[0], : page.shape[1]]
    clean = page.astype(int).min(axis=2)
    core = cv2.erode((clean < 90).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    far = cv2.dilate((clean < 150).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    assert mask[core].mean() > 0.995
    assert mask[far].mean() < 0.0005


def test_colours_of_pen_seal_and_paper_stay_apart() -> None:
    page = written()
    seen = shown(parted(page), page)
    for expected, wide, high in ((RED, slice(1087, 1113), slice(302, 312)), (PAPER, slice(20, 70), slice(20, 880))):
        assert np.abs(seen[high, wide].reshape(-1, 3).mean(axis=0) - expected).max() < 12
    blue = (np.abs(page.astype(int) - BLUE).max(axis=2) < 15) & (np.arange(page.shape[1]) < 850)
    assert np.abs(seen[blue].mean(axis=0) - BLUE).max() < 20


def test_faint_writing_is_still_there() -> None:
    page = written()
    cv2.putText(page, "120", (1300, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (205, 192, 165), 3)
    corner = shown(parted(page), page)[20:70, 1290:1400].astype(float)
    assert np.corrcoef(corner.ravel(), page[20:70, 1290:1400].astype(float).ravel())[0, 1] > 0.85


def test_dark_border_stays_dark_without_sparks() -> None:
    page = written()
    page[:, :120] = np.random.default_rng(5).integers(0, 30, (page.shape[0], 120, 3))
    layers = parted(page)
    assert not layers.mask[:, :90].any()
    assert shown(layers, page)[:, :90].max() < 60


def test_photograph_is_shown_in_its_shades_and_not_cut_into_ink() -> None:
    page = written()
    y, x = np.mgrid[0:500, 0:600]
    photo = (110 + 60 * np.sin(x / 37.0) * np.cos(y / 29.0) + np.random.default_rng(2).normal(0, 6, y.shape))[..., None]
    page[200:700, 450:1050] = np.clip(photo, 0, 255)
    layers = parted(page)
    assert layers.mask[280:620, 530:970].mean() < 0.05
    assert np.abs(shown(layers, page)[280:620, 530:970].astype(int) - page[280:620, 530:970]).mean() < 8


@pytest.mark.parametrize("fault", ["lost strokes", "other shade"])
def test_layers_that_do_not_show_the_page_are_refused(fault: str) -> None:
    page = written()
    layers = parted(page)
    assert faithful(page, layers, DPI)
    bad = layers.mask.copy()
    bad[300:420] = False
    broken = replace(layers, mask=bad) if fault == "lost strokes" else replace(layers, paper=layers.paper - 40)
    assert not faithful(page, broken, DPI)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from([40.0, 150.0, 199.0, 300.0, 600.0]), st.booleans())
def test_layers_cover_pages_of_any_size(width: int, height: int, dpi: float, grey: bool) -> None:
    page = np.random.default_rng(width * 1000 + height).integers(0, 255, (height, width, 3), dtype=np.uint8)
    layers = part(page[:, :, 0].copy() if grey else page, dpi)
    if layers is not None:
        high, wide = layers.mask.shape
        assert 0 <= high - height < 16
        assert 0 <= wide - width < 16
        for layer in (layers.ink, layers.paper):
            assert high % layer.shape[0] == wide % layer.shape[1] == 0
            assert layer.ndim == (2 if grey else 3)


def test_grey_page_has_grey_layers(tmp_path: Path) -> None:
    grey = cv2.cvtColor(written(), cv2.COLOR_RGB2GRAY)
    made = encode_raster(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), DPI, PdfOptions())
    assert [image.components for image in made.images] == [1, 1]
    with pikepdf.new() as pdf:
        ink = made.images[1].make(pdf)
        assert (ink.Mask.ImageMask, ink.Mask.BitsPerComponent) == (True, 1)
        assert "/ColorSpace" not in ink.Mask


@pytest.fixture(scope="module")
def sample_pages() -> list[PageImage]:
    found = sorted(CASE_FILES.rglob("*.jpg"))
    assert len(found) > 5
    pages = []
    for path in found:
        with Image.open(path) as image:
            size, dpi = image.size, float(image.info["dpi"][0])
        pages.append(PageImage("p", path, "", MasterKind.IMAGE, 0, *size, dpi, "colour", "b", 1, "x", 0.0))
    return pages


def test_aged_sample_pages_take_a_quarter_of_a_megabyte(sample_pages: list[PageImage]) -> None:
    share = [(page.width * page.height) / (2480 * 3508) for page in sample_pages]
    sizes = [encode_page(page, PdfOptions()).size / part for page, part in zip(sample_pages, share, strict=True)]
    assert statistics.median(sizes) <= 250_000


def test_jpeg_master_stays_where_it_is_the_smaller(sample_pages: list[PageImage], tmp_path: Path) -> None:
    page = sample_pages[0]
    small = tmp_path / "small.jpg"
    grain = np.random.default_rng(4).integers(0, 255, (160, 160, 3), dtype=np.uint8)
    Image.fromarray(grain).save(small, quality=40, optimize=True)
    kept = encode_page(replace(page, master=small, width=160, height=160, dpi=100.0), PdfOptions(layer_quality=95))
    assert kept.images[0].data == small.read_bytes()
    large = tmp_path / "large.jpg"
    Image.fromarray(load_image(page.master)).save(large, quality=97)
    assert len(encode_page(replace(page, master=large), PdfOptions()).images) == 2
    whole = encode_page(replace(page, master=large), PdfOptions(encoding=Encoding.JPEG))
    assert whole.images[0].data == large.read_bytes()
