"""Specks go; dots, hooks and tildes of letters stay; a page that falls to pieces is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.preprocess.paper import Grey, to_grey
from ocr.preprocess.specks import despeckle
from tests.ocr.conftest import Typeset

MARKED = (
    "Ị Ỉ Ĩ ị ỉ ĩ Ậ ậ Ặ ặ Ợ ợ Ự ự Ỵ ỵ Ẩ Ẫ Ẳ Ẵ ẹ Ẻ Ẽ",
    "Bị đơn: ông Nguyễn Mạnh Hiệp, thị xã Kỳ Anh.",
    "tại phiên tòa; sự việc đã được giải quyết…",
    "Họ và tên: . . . . . . . . . . . . . . . . . . . .",
)


def strewn(page: Grey, count: int, seed: int = 4) -> tuple[Grey, list[tuple[int, int]]]:
    """Specks of three pixels on the empty margins of a page."""
    rng, width = np.random.default_rng(seed), page.shape[1]
    places = [
        (int(y), int(x)) for y, x in zip(rng.integers(5, 75, count), rng.integers(5, width - 9, count), strict=True)
    ]
    dirty = page.copy()
    for y, x in places:
        dirty[y : y + 3, x : x + 3] = 30
    return dirty, places


def test_specks_go_and_every_mark_of_a_letter_stays(typeset: Typeset) -> None:
    page = to_grey(typeset(MARKED))
    dirty, places = strewn(page, 25)
    cleaned = despeckle(dirty)
    assert "removed" in str(cleaned.recipe["specks"])
    assert all(cleaned.image[y : y + 3, x : x + 3].min() > 240 for y, x in places)
    assert np.array_equal(cleaned.image[100:], page[100:])


@pytest.mark.parametrize("size", [22, 42, 80])
def test_a_clean_page_is_given_back_as_it_is(typeset: Typeset, size: int) -> None:
    page = to_grey(typeset(MARKED, size=size, width=2400))
    cleaned = despeckle(page)
    assert cleaned.image is page and cleaned.recipe == {}


def test_type_that_is_worn_to_pieces_is_refused(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    page = to_grey(typeset(judgment))
    worn = page.copy()
    worn[::4], worn[:, ::4] = 255, 255
    cleaned = despeckle(worn)
    assert np.array_equal(cleaned.image, worn)
    assert cleaned.recipe == {} or str(cleaned.recipe["specks"]).startswith("refused")


def test_faint_strokes_keep_their_dark_dots() -> None:
    page = np.full((600, 900), 240, np.uint8)
    page[200:240, 100:800:20] = 40
    page[200:240, 101:800:20] = 40
    page[400:430, 300:306] = 190
    page[440:446, 300:306] = 30
    assert despeckle(page).image[442, 302] == 30


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.integers(1, 200))
def test_nothing_grows_darker(seed: int, height: int, width: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    cleaned = despeckle(noise)
    changed = cleaned.image != noise
    assert cleaned.image.shape == noise.shape and bool(cleaned.recipe) >= bool(changed.any())
