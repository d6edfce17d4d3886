"""From maps to lines, and from lines to straightened strips and back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.evenpage import EvenPage
from ocr.lines.finder import LONG_SIDE, as_input, picture_for_finder
from ocr.lines.join import join_pieces
from ocr.lines.line import TextLine, fit_line
from ocr.lines.maps import find_pieces
from ocr.lines.strip import Strip

CELLS = (100, 200)
SURE = 6.0


def blank_maps() -> NDArray[np.float32]:
    maps = np.full((4, *CELLS), -SURE, np.float32)
    maps[2:] = np.log(12.0)
    return maps


def draw(maps: NDArray[np.float32], start: int, end: int, y: float, slope: float = 0.0, height: float = 12.0) -> None:
    """A core two cells thick from cell ``start`` to ``end``, at ``y`` pixels where x is 0."""
    for column in range(start, end):
        row = (y + slope * (column + 0.5) * 4) / 4
        maps[0, int(row - 1) : int(row + 1), column] = SURE
    maps[2:, :, start:end] = np.log(height)


def level_line(
    start: float, end: float, y: float, *, up: float = 14.0, down: float = 10.0, slope: float = 0.0
) -> TextLine:
    x = np.arange(start + 2, end, 4.0)
    points = np.stack([x, y + slope * (x - start), np.ones_like(x)])
    return fit_line(points, start, end, up, down, slope)


def test_a_core_becomes_a_piece_with_its_place_and_heights() -> None:
    maps = blank_maps()
    draw(maps, 20, 120, 200.0)
    maps[2, :, :], maps[3, :, :] = np.log(15.0), np.log(9.0)
    (piece,), slope = find_pieces(maps)
    assert (piece.start, piece.end) == (80.0, 480.0)
    assert (piece.up, piece.down) == pytest.approx((15.0, 9.0), rel=1e-4)
    assert piece.y(300.0) == pytest.approx(200.0, abs=2) and slope == pytest.approx(0.0, abs=1e-6)


def test_nothing_on_the_maps_is_no_line() -> None:
    assert find_pieces(blank_maps()) == ([], 0.0)


def test_specks_and_unsure_cores_are_left_out() -> None:
    maps = blank_maps()
    maps[0, 10, 10] = SURE
    maps[0, 50:52, 20:120] = -0.2
    assert find_pieces(maps)[0] == []


def test_the_slope_of_the_page_is_that_of_its_long_lines() -> None:
    maps = blank_maps()
    for y in (60.0, 160.0, 260.0):
        draw(maps, 10, 190, y, slope=0.05)
    draw(maps, 20, 30, 380.0)
    pieces, slope = find_pieces(maps)
    assert slope == pytest.approx(0.05, abs=0.004)
    short = next(piece for piece in pieces if piece.length < 60)
    assert float(short.slope(short.middle)) == pytest.approx(slope), "a short line takes the slope of the page"


def test_pieces_of_a_line_are_joined_and_an_end_between_them_parts_them() -> None:
    maps = blank_maps()
    draw(maps, 10, 60, 200.0)
    draw(maps, 63, 120, 200.0)
    pieces, slope = find_pieces(maps)
    assert len(pieces) == 2
    (line,) = join_pieces(pieces, maps[1], slope)
    assert (line.start, line.end) == (40.0, 480.0)
    maps[1, 48:52, 60:63] = SURE
    assert len(join_pieces(pieces, maps[1], slope)) == 2


@pytest.mark.parametrize(("gap", "drop", "height"), [(40, 0.0, 12.0), (3, 12.0, 12.0), (3, 0.0, 24.0)])
def test_pieces_far_apart_not_level_or_of_another_size_stay_apart(gap: int, drop: float, height: float) -> None:
    maps = blank_maps()
    draw(maps, 10, 60, 200.0)
    draw(maps, 60 + gap, 150, 200.0 + drop, height=height)
    pieces, slope = find_pieces(maps)
    assert len(join_pieces(pieces, maps[1], slope)) == 2


def test_a_bent_line_is_followed_and_strays_are_not() -> None:
    x = np.arange(0.0, 800.0, 4)
    bent = 100 + 15 * ((x - 400) / 400) ** 2
    y = bent.copy()
    y[50] += 30
    line = fit_line(np.stack([x, y, np.ones_like(x)]), 0.0, 800.0, 12.0, 10.0, 0.0)
    assert np.abs(line.y(x) - bent).max() < 0.5


LINES = st.builds(
    level_line,
    st.floats(20, 200),
    st.floats(400, 900),
    st.floats(100, 400),
    up=st.floats(8, 30),
    down=st.floats(6, 20),
    slope=st.floats(-0.2, 0.2),
)


@given(LINES, st.floats(0.3, 4.0), st.floats(0, 1), st.floats(0, 1))
def test_rectangles_of_a_strip_hold_the_points_that_they_stand_for(
    line: TextLine, scale: float, along: float, across: float
) -> None:
    strip = Strip(line, scale)
    width, height = strip.size
    u, v = along * (width - 1), across * (height - 1)
    (box,) = strip.boxes(np.array([[u, v, u + 1, v + 1]]))
    x, y = strip.to_page(np.array([u + 0.5]), np.array([v + 0.5]))
    assert box[0] <= x[0] <= box[2] and box[1] <= y[0] <= box[3]


@given(LINES, st.floats(0.3, 4.0))
def test_an_outline_runs_around_the_centre_line(line: TextLine, scale: float) -> None:
    strip = Strip(line, scale)
    outline = np.array(strip.outline(0.0, strip.size[0]), dtype=np.float32)
    middle = line.middle * scale, float(line.y(line.middle)) * scale
    assert cv2.pointPolygonTest(outline[:, None], middle, measureDist=False) > 0
    assert cv2.contourArea(outline, oriented=True) > 0, "clockwise on the page"
    assert cv2.contourArea(outline) == pytest.approx(line.height * scale * strip.size[0], rel=0.2)


@given(LINES, st.floats(0.5, 3.0))
def test_a_strip_keeps_lengths_and_its_middle_is_the_centre_line(line: TextLine, scale: float) -> None:
    strip = Strip(line, scale)
    width, height = strip.size
    u = np.array([0.0, width, 0.0])
    x, y = strip.to_page(u, np.array([0.0, 0.0, height]))
    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(width, rel=0.01)
    assert np.hypot(x[2] - x[0], y[2] - y[0]) == pytest.approx(height, rel=0.01)
    x0, y0 = strip.baseline(width / 2)
    above = float(line.y(x0 / scale)) * scale
    assert 0 < y0 - above < line.down * scale * 1.05


@pytest.mark.parametrize("bend", [0.0, 20.0])
def test_what_stands_on_the_centre_line_stands_in_the_middle_of_the_cut(bend: float) -> None:
    x = np.arange(102.0, 900.0, 4)
    y = 200 + 0.05 * (x - 100) + bend * np.sin(np.pi * (x - 100) / 800)
    line = fit_line(np.stack([x, y, np.ones_like(x)]), 100.0, 900.0, 20.0, 20.0, 0.05)
    page = np.full((800, 2000), 255, np.uint8)
    for column in range(200, 1800):
        row = round(float(line.y((column + 0.5) / 2)) * 2)
        page[row - 2 : row + 2, column] = 0
    cut = Strip(line, 2.0).cut(page)
    assert cut is not None
    inked = [np.flatnonzero(cut[:, column] < 128) for column in range(30, cut.shape[1] - 30, 20)]
    assert all(abs(rows.mean() - (cut.shape[0] - 1) / 2) < 2 for rows in inked)


def test_a_bent_line_outside_the_page_has_no_cut() -> None:
    x = np.arange(102.0, 900.0, 4)
    y = 900 + 40 * np.sin(np.pi * (x - 100) / 800)
    line = fit_line(np.stack([x, y, np.ones_like(x)]), 100.0, 900.0, 20.0, 20.0, 0.0)
    assert Strip(line, 2.0).cut(np.full((800, 2000), 255, np.uint8)) is None


@given(st.integers(1, 900), st.integers(1, 900))
@settings(deadline=None)
def test_every_page_fits_the_finder(height: int, width: int) -> None:
    picture, scale = picture_for_finder(np.full((height, width), 200, np.uint8))
    assert picture.shape[0] % 32 == 0 and picture.shape[1] % 32 == 0 and max(picture.shape) <= LONG_SIDE + 31
    assert scale == max(height, width) / LONG_SIDE
    inputs = as_input(picture)
    assert inputs.dtype == np.float32 and inputs.shape == (1, 1, *picture.shape)
    assert float(inputs[0, 0, 0, 0]) == pytest.approx(200 / 255 - 0.5)


def test_a_strip_cut_in_larger_steps_shows_the_same_place() -> None:
    page = np.full((300, 900), 255, np.uint8)
    page[90:110, 300:420] = 0
    strip = Strip(level_line(200, 600, 100, up=40, down=30), 1.0)
    step = strip.size[1] / 48
    cut = strip.cut(page, 1, step)
    assert cut is not None and cut.shape == (48, round(strip.size[0] / step))
    rows, columns = np.nonzero(cut < 128)
    left, right = columns.min() * step, (columns.max() + 1) * step
    x, y = strip.to_page(np.array([left, right]), np.array([rows.min() * step, (rows.max() + 1) * step]))
    assert x == pytest.approx([300, 420], abs=2 * step) and y == pytest.approx([90, 110], abs=2 * step)


@pytest.mark.parametrize("scale", [1, 2, 3, 4, 9])
def test_a_line_is_cut_no_higher_than_needed_its_strokes_dark_and_its_paper_light(scale: int) -> None:
    page = np.full((300 * scale, 900 * scale), 180, np.uint8)
    for x in range(220, 580, 20):
        page[85 * scale : 115 * scale, x * scale : (x + 3) * scale] = 30
    crop = EvenPage(page).cut(Strip(level_line(200, 600, 100, up=20, down=20), float(scale)))
    assert crop is not None and crop.shape[0] == 48
    assert np.percentile(crop, 90) > 245
    middle = crop[20:28].astype(int).mean(axis=0)
    strokes = np.diff((middle < 140).astype(int)) == 1
    assert strokes.sum() == 18
