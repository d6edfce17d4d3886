"""Pages with seals and coloured ink on them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from samples.fonts import FontBook
from samples.marks import seal

Rgb = NDArray[np.uint8]
Stamp = Callable[..., Rgb]
RED, VIOLET = (196, 38, 44), (92, 40, 140)
OLD_PAPER = (232, 216, 184)


def inked(page: Rgb, plane: NDArray[np.uint8], ink: tuple[int, int, int]) -> Rgb:
    """The page with ink laid over it where ``plane`` (255 for all of it) says so."""
    share = plane[..., None].astype(np.float32) / 255
    return np.round(page * (1 - share * (1 - np.array(ink, np.float32) / 255))).astype(np.uint8)


def on_old_paper(page: Rgb) -> Rgb:
    """Yellowed, darker towards one side, and out of a scanner that saves JPEG with coarse chroma."""
    light = np.linspace(0.6, 1.0, page.shape[1], dtype=np.float32)[None, :, None]
    tinted = np.round(page * (np.array(OLD_PAPER, np.float32) / 255) * light).astype(np.uint8)
    sampling = [cv2.IMWRITE_JPEG_QUALITY, 70, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(tinted[:, :, ::-1]), sampling)
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1])


@pytest.fixture(scope="session")
def stamp() -> Stamp:
    """Lays an office's round seal on a page; ``centre`` and ``diameter`` in pixels, ``stretch`` makes it an oval."""
    book = FontBook()

    def lay(
        page: Rgb,
        centre: tuple[int, int],
        diameter: int,
        *,
        ink: tuple[int, int, int] = RED,
        stretch: float = 1.0,
    ) -> Rgb:
        plane = Image.new("L", (2 * diameter, 2 * diameter))
        text = "TÒA ÁN NHÂN DÂN HUYỆN ĐẮK HÀ * TỈNH KON TUM *"
        seal(plane, (diameter, diameter), diameter, text, True, book, np.random.default_rng(3))
        drawn = cv2.resize(np.asarray(plane), None, fx=stretch, fy=1.0, interpolation=cv2.INTER_AREA)
        whole = np.zeros(page.shape[:2], np.uint8)
        move = np.array([[1, 0, centre[0] - drawn.shape[1] / 2], [0, 1, centre[1] - drawn.shape[0] / 2]], np.float64)
        whole = cv2.warpAffine(drawn, move, (page.shape[1], page.shape[0]))
        return inked(page, np.asarray(whole, np.uint8), ink)

    return lay
