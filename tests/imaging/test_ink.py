"""Blank or not on paper as archives hold it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from imaging.ink import blank_score, ink_mask
from imaging.raster import load_image

HEIGHT, WIDTH = 1754, 1240
SHARED = Path(__file__).parents[3] / "shared" / "pages"
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def paper() -> Picture:
    """Yellowed, unevenly lit, grainy: A4 at 150 dpi."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = 1 - 0.2 * ((x / WIDTH) ** 2 + (y / HEIGHT - 0.3) ** 2)
    grain = np.random.default_rng(7).normal(0, 5, (HEIGHT, WIDTH, 1))
    return np.clip(np.array((235, 222, 190)) * light[:, :, None] + grain, 0, 255).astype(np.uint8)


def lines(strength: int, thick: int = 2) -> Picture:
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    for row in range(200, 1500, 40):
        cv2.putText(ink, "Toa an nhan dan thanh pho Ha Noi xet xu", (120, row), 0, 1.2, strength, thick, cv2.LINE_AA)
    return ink


def on(paper: Picture, ink: Picture) -> Picture:
    return np.clip(paper.astype(np.int16) - ink[:, :, None], 0, 255).astype(np.uint8)


def dark_edges(paper: Picture) -> Picture:
    page = paper.copy()
    page[:, :35], page[-20:] = 25, 30
    return page


def pencilled(paper: Picture) -> Picture:
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.putText(ink, "47", (1050, 90), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.4, 70, 2, cv2.LINE_AA)
    return on(paper, ink)


def test_empty_sheets_are_certainly_blank(paper: Picture) -> None:
    through = on(paper, cv2.GaussianBlur(lines(20)[:, ::-1], (0, 0), 3))
    dusty = paper.copy()
    for spot in np.random.default_rng(1).integers(50, 1200, (40, 2)):
        cv2.circle(dusty, (int(spot[0]), int(spot[1])), 1, (110, 100, 90), -1)
    holes = paper.copy()
    for row in (600, 1100):
        cv2.circle(holes, (65, row), 17, (60, 55, 50), -1)
    folded = paper.copy()
    folded[870:874] = (folded[870:874] * 0.8).astype(np.uint8)
    for page in (paper, through, dusty, holes, folded, dark_edges(paper), np.full_like(paper, 255)):
        assert blank_score(page) >= 0.9


def test_little_ink_is_not_certainly_blank(paper: Picture) -> None:
    stamped = paper.copy()
    cv2.circle(stamped, (900, 300), 45, (205, 80, 80), 4)
    assert 0.3 < blank_score(pencilled(paper)) < 0.85
    assert 0.3 < blank_score(pencilled(dark_edges(paper))) < 0.85
    assert blank_score(stamped) < 0.7


def test_written_and_black_pages_are_not_blank(paper: Picture) -> None:
    assert blank_score(on(paper, lines(150))) == 0.0
    assert blank_score(np.full_like(paper, 15)) == 0.0
    photo = np.random.default_rng(2).integers(0, 140, (30, 20, 3), dtype=np.uint8)
    assert blank_score(cv2.resize(photo, (WIDTH, HEIGHT))) < 0.1
    for path in sorted((SHARED / "typewritten-fr").glob("*.jpg"))[:3]:
        assert blank_score(load_image(path)) < 0.2


def test_mask_marks_ink_and_dark_edges_only(paper: Picture) -> None:
    mask = ink_mask(dark_edges(on(paper, lines(150))))
    assert mask.shape == (HEIGHT, WIDTH)
    assert mask[:, :30].mean() > 0.95
    assert mask[180:1480, 120:900].mean() > 0.05
    assert mask[20:150, 200:1100].mean() < 0.005
    assert ink_mask(np.full_like(paper, 15)).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (2, 3)])
def test_tiny_and_thin_pictures_are_no_special_case(shape: tuple[int, int]) -> None:
    page = np.full((*shape, 3), 240, np.uint8)
    assert blank_score(page) == 1.0
    assert ink_mask(page).shape == shape
