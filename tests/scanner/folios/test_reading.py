"""Folios in the corners of pages: figures by themselves are read, everything else is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scanner.folios.corner import find_corner
from scanner.folios.decoding import LETTER, readings
from scanner.folios.reading import read_folios
from scanner.folios.sequence import SURE
from tests.scanner.folios.pages import page, raster


@pytest.mark.parametrize("dpi", [110.0, 150.0, 300.0])
@pytest.mark.parametrize("number", [7, 26, 183])
def test_a_number_in_the_corner_is_read(number: int, dpi: float) -> None:
    found = read_folios(raster(page(str(number), dpi)), dpi)
    assert found and found[0].value == number and found[0].confidence >= 0.5
    x0, y0, x1, y1 = (value / dpi * 25.4 for value in found[0].box)
    assert 180 < x0 < x1 < 205 and 10 < y0 < y1 < 22


def test_pale_pencil_is_read() -> None:
    found = read_folios(raster(page("45", ink=170)), 150.0)
    assert found and found[0].value == 45


def test_words_before_the_number_do_not_matter() -> None:
    found = read_folios(raster(page("BL 52", at_mm=(170.0, 12.0))), 150.0)
    assert found and found[0].value == 52


@pytest.mark.parametrize("text", ["", "12a", "12/3", "Mẫu số 01-DS", "Độc lập", "HSST"])
def test_what_is_no_number_by_itself_is_not_sure_to_be_one(text: str) -> None:
    found = read_folios(raster(page(text, at_mm=(165.0, 12.0))), 150.0)
    assert not found or found[0].confidence < SURE


def test_numbers_elsewhere_on_the_page_are_no_folios() -> None:
    assert read_folios(raster(page("17", at_mm=(60.0, 12.0))), 150.0) == ()
    assert read_folios(raster(page("17", at_mm=(182.0, 270.0))), 150.0) == ()


@pytest.mark.parametrize("shape", [(1, 1, 3), (20, 5), (40, 2000, 3)])
def test_pages_of_any_size_are_looked_at(shape: tuple[int, ...]) -> None:
    assert read_folios(np.full(shape, 200, np.uint8), 150.0) == ()


def test_grey_pages_are_read_as_coloured_ones() -> None:
    image = page("88")
    assert read_folios(np.asarray(image), 150.0) == read_folios(raster(image), 150.0)


def test_running_text_is_no_box() -> None:
    assert find_corner(raster(page("Cộng hòa xã hội chủ nghĩa Việt Nam", at_mm=(110.0, 12.0))), 150.0).boxes == ()


def scores(*steps: dict[int, float]) -> NDArray[np.float32]:
    """Logarithms of shares; what is left goes to the blank."""
    made = np.full((len(steps), 12), 1e-6)
    for row, shares in zip(made, steps, strict=True):
        row[0] = max(1e-6, 1 - sum(shares.values()))
        for label, share in shares.items():
            row[label] = share
    return np.log(made / made.sum(axis=1, keepdims=True)).astype(np.float32)


def test_the_likeliest_number_comes_first_and_the_other_is_told() -> None:
    first, second = readings(scores({2: 0.99}, {}, {6: 0.7, 4: 0.3}))
    assert (first[0], second[0]) == (15, 13)
    assert first[1] == pytest.approx(0.69, abs=0.02) and second[1] == pytest.approx(0.3, abs=0.02)


def test_a_figure_twice_is_two_figures_only_with_a_gap() -> None:
    assert readings(scores({2: 0.99}, {}, {2: 0.99}))[0][0] == 11
    assert readings(scores({2: 0.99}, {2: 0.99}))[0][0] == 1


def test_letters_behind_or_between_figures_are_no_folio() -> None:
    assert readings(scores({2: 0.99}, {LETTER: 0.99})) == []
    assert readings(scores({2: 0.99}, {LETTER: 0.99}, {3: 0.99})) == []
    assert readings(scores({LETTER: 0.99}, {3: 0.99}))[0][0] == 2


def test_ink_too_wide_for_its_figures_is_doubted() -> None:
    (narrow,), (wide,) = readings(scores({3: 0.99}), 0.8), readings(scores({3: 0.99}), 1.9)
    assert narrow[1] >= SURE > wide[1]


def test_nought_and_what_is_too_high_are_no_folios() -> None:
    assert readings(scores({1: 0.99}, {}, {1: 0.99})) == []
    assert readings(scores({})) == []
