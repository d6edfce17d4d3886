from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from samples import ageing
from samples.ageing import RECIPES, AgeingRecipe, age

HEIGHT, WIDTH = 420, 297
UNTOUCHED = AgeingRecipe((255, 255, 255), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100)


@pytest.fixture
def page() -> NDArray[np.uint8]:
    """A clean page with twenty black lines."""
    clean = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for row in range(40, 380, 17):
        clean[row : row + 5, 40:260] = 0
    return clean


def ink_of(page: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(1 - page.astype(np.float32) / 255, np.float32)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_ageing_keeps_shape_and_type_and_repeats_itself(name: str, page: NDArray[np.uint8]) -> None:
    before = page.copy()
    aged = age(page, RECIPES[name], 7)
    assert aged.shape == page.shape
    assert aged.dtype == np.uint8
    assert np.array_equal(aged, age(page, RECIPES[name], 7))
    assert not np.array_equal(aged, age(page, RECIPES[name], 8))
    assert np.array_equal(page, before)


@settings(max_examples=15, deadline=None)
@given(st.integers(30, 120), st.integers(30, 120), st.integers(0, 2**32), st.sampled_from(sorted(RECIPES)))
def test_every_size_of_page_can_be_aged(height: int, width: int, seed: int, name: str) -> None:
    aged = age(np.full((height, width, 3), 200, np.uint8), RECIPES[name], seed)
    assert aged.shape == (height, width, 3)


@pytest.mark.parametrize("wrong", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3))])
def test_only_rgb_bytes_are_aged(wrong: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        age(wrong, UNTOUCHED, 1)


def test_skew_is_the_angle_that_was_announced(page: NDArray[np.uint8]) -> None:
    recipe = replace(UNTOUCHED, skew=3.0)
    seed = next(s for s in range(50) if abs(ageing.skew_degrees(recipe, s)) > 1.5)
    aged = age(page, recipe, seed)
    # The top edge of one line is followed over the columns; rows grow downwards, so a positive turn falls leftwards.
    columns = np.arange(90, 200)
    window = aged[150:240, 90:200].mean(axis=2)
    first_dark = np.array([int(np.argmax(window[:, n] < 100)) for n in range(len(columns))])
    steady = np.abs(np.diff(first_dark, prepend=first_dark[0])) <= 1
    slope = np.polyfit(columns[: int(np.argmin(steady)) or None], first_dark[: int(np.argmin(steady)) or None], 1)[0]
    assert -np.degrees(np.arctan(slope)) == pytest.approx(ageing.skew_degrees(recipe, seed), abs=0.5)


def test_the_skew_never_exceeds_the_recipe() -> None:
    angles = [ageing.skew_degrees(RECIPES["heavy"], seed) for seed in range(300)]
    assert max(map(abs, angles)) <= 3.0
    assert min(angles) < -1.5 < 1.5 < max(angles)


def test_the_lid_leaves_two_dark_edges() -> None:
    white = np.ones((HEIGHT, WIDTH, 3), np.float32)
    shaded = ageing.dark_edge(white, 6.0, np.random.default_rng(1))
    edges = [shaded[:, 0].mean(), shaded[:, -1].mean(), shaded[0].mean(), shaded[-1].mean()]
    assert sum(edge < 0.4 for edge in edges) == 2
    assert shaded[HEIGHT // 2, WIDTH // 2].min() > 0.99


def test_light_falls_off_by_what_the_recipe_says() -> None:
    white = np.ones((HEIGHT, WIDTH, 3), np.float32)
    lit = ageing.unevenly_lit(white, 0.6, np.random.default_rng(2))
    assert lit[..., 1].min() == pytest.approx(0.4, abs=0.01)
    assert lit[..., 1].max() == pytest.approx(1.0, abs=0.01)


def test_fading_takes_its_share_of_the_ink(page: NDArray[np.uint8]) -> None:
    pale = ageing.faded(ink_of(page), 0.5, 0.0, np.random.default_rng(3))
    assert pale.max() == pytest.approx(0.5)
    patchy = ageing.faded(ink_of(page), 0.5, 0.5, np.random.default_rng(3))
    assert 0.2 < float(patchy[patchy > 0].min()) < float(patchy.max()) <= 0.5


def test_worn_type_thins_strokes_and_dirties_no_paper(page: NDArray[np.uint8]) -> None:
    ink = ink_of(page)
    worn = ageing.worn_type(ink, 0.6, np.random.default_rng(4))
    assert worn[ink == 0].max() == 0
    assert 0.8 * float(ink.sum()) < float(worn.sum()) < 0.98 * float(ink.sum())


def test_the_back_shows_through_mirrored() -> None:
    front = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    back = front.copy()
    back[100:140, 20:60] = 1
    seen = ageing.show_through(front, back, 0.1)
    assert seen[120, WIDTH - 40].max() == pytest.approx(0.1, abs=0.005)
    assert seen[120, 40].max() < 0.001


def test_paper_is_yellower_than_white_and_browner_at_its_margin() -> None:
    sheet = ageing.paper((HEIGHT, WIDTH), (232, 216, 184), np.random.default_rng(5))
    red, _, blue = sheet[150:270, 100:200].mean(axis=(0, 1))
    assert red - blue > 0.1
    assert sheet[:3, :, 2].mean() < sheet[HEIGHT // 2 - 5 : HEIGHT // 2 + 5, 100:200, 2].mean() - 0.05


def test_stains_are_as_many_as_asked_and_only_darken() -> None:
    white = np.ones((HEIGHT, WIDTH, 3), np.float32)
    rng = np.random.default_rng(6)
    assert np.array_equal(ageing.stained(white, 0, 0.3, rng), white)
    marked = ageing.stained(white, 6, 0.3, rng)
    assert marked.max() <= 1
    assert float((marked < 0.97).any(axis=2).mean()) > 0.002
    assert white.min() == 1


def test_a_fold_runs_across_the_whole_sheet() -> None:
    grey = np.full((HEIGHT, WIDTH, 3), 0.7, np.float32)
    creased = ageing.folded(grey, 1, np.random.default_rng(7))
    row = np.abs(creased.mean(axis=2) - 0.7)
    assert (row.max(axis=0) > 0.02).all()
    assert row[20].max() < 0.01


def test_noise_has_the_deviation_of_the_recipe() -> None:
    grey = np.full((HEIGHT, WIDTH, 3), 0.5, np.float32)
    rough = ageing.noisy(grey, 4.0, np.random.default_rng(8)) * 255
    assert float(rough.std()) == pytest.approx(4.0, rel=0.05)


def test_jpeg_compression_loses_little_and_keeps_colour_order(page: NDArray[np.uint8]) -> None:
    page[:, :20] = (200, 30, 40)
    squeezed = ageing.compressed(page, 60)
    assert 0 < np.abs(squeezed.astype(int) - page).mean() < 6
    assert squeezed[200, 5, 0] > 150 > squeezed[200, 5, 2]


def test_an_aged_page_defeats_a_global_threshold_but_not_division_by_its_background() -> None:
    sparse = np.full((1260, 891, 3), 255, np.uint8)
    for row in range(120, 1140, 51):
        sparse[row : row + 18, 120:780:14] = sparse[row : row + 18, 121:780:14] = 0
        sparse[row : row + 18, 122:780:14] = 0
    recipe = replace(RECIPES["worn-1987"], skew=0.0, folds=0, stains=0)
    grey = cv2.cvtColor(age(sparse, recipe, 11), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ground = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 31)
    even = cv2.divide(grey, cv2.resize(ground, grey.shape[::-1]), scale=255)
    truth, inner = sparse[..., 0] == 0, np.s_[90:-90, 90:-90]
    black = [cv2.threshold(image, 0, 255, cv2.THRESH_OTSU)[1] == 0 for image in (grey, even)]
    wrong = [float((dark != truth)[inner].mean()) for dark in black]
    assert wrong[0] > 0.15
    assert wrong[1] < 0.05
