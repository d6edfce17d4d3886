"""Ways from the prepared picture back to the page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import geometry

SIDES = st.integers(20, 3000)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_quarter_turn_moves_a_point_as_opencv_moves_the_pixel(rotation: int) -> None:
    picture = np.zeros((5, 8), np.uint8)
    picture[1, 6] = 255
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    turned = cv2.rotate(picture, codes[rotation]) if rotation else picture
    row, column = (int(index[0]) for index in np.nonzero(turned))
    x, y = geometry.map_point(geometry.quarter_turn(rotation, 8, 5), 6.5, 1.5)
    assert (x, y) == (column + 0.5, row + 0.5)


def test_a_turn_that_is_no_quarter_is_refused() -> None:
    with pytest.raises(ValueError, match="45"):
        geometry.quarter_turn(45, 10, 10)


@given(SIDES, SIDES, st.floats(-20, 20), st.floats(0.3, 3))
def test_the_turned_canvas_holds_every_corner_of_the_page(width: int, height: int, angle: float, scale: float) -> None:
    matrix = geometry.turn_and_scale(angle, scale, width, height)
    new_width, new_height = geometry.turned_size(angle, scale, width, height)
    for corner in ((0, 0), (width, 0), (0, height), (width, height)):
        x, y = geometry.map_point(matrix, *corner)
        assert -1 <= x <= new_width + 1 and -1 <= y <= new_height + 1


@given(SIDES, SIDES, st.sampled_from([0, 90, 180, 270]), st.data())
def test_a_box_comes_back_exactly_from_a_quarter_turn(
    width: int, height: int, rotation: int, data: st.DataObject
) -> None:
    x0, y0 = data.draw(st.integers(0, width - 2)), data.draw(st.integers(0, height - 2))
    box = (x0, y0, data.draw(st.integers(x0 + 1, width)), data.draw(st.integers(y0 + 1, height)))
    matrix = geometry.quarter_turn(rotation, width, height)
    turned_width, turned_height = (width, height) if rotation in (0, 180) else (height, width)
    there = geometry.map_box(matrix, box, turned_width, turned_height)
    assert geometry.map_box(np.linalg.inv(matrix), there, width, height) == box


@given(st.integers(-500, 3000), st.integers(-500, 3000), st.floats(-20, 20))
def test_a_mapped_box_always_lies_within_the_page(x: int, y: int, angle: float) -> None:
    matrix = np.linalg.inv(geometry.turn_and_scale(angle, 1.0, 800, 1200))
    x0, y0, x1, y1 = geometry.map_box(matrix, (x, y, x + 40, y + 20), 800, 1200)
    assert 0 <= x0 < x1 <= 800 and 0 <= y0 < y1 <= 1200


def test_opencv_draws_where_the_continuous_map_points() -> None:
    picture = np.zeros((60, 80), np.uint8)
    picture[10:14, 50:54] = 255
    matrix = geometry.turn_and_scale(12, 2.0, 80, 60)
    warped = cv2.warpAffine(picture, geometry.for_opencv(matrix), geometry.turned_size(12, 2.0, 80, 60))
    rows, columns = np.nonzero(warped > 127)
    x, y = geometry.map_point(matrix, 52, 12)
    assert abs(columns.mean() + 0.5 - x) < 0.6 and abs(rows.mean() + 0.5 - y) < 0.6
