"""Even paper, level lines, letters of good size."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr import preprocess
from ocr.options import OcrOptions
from ocr.preprocess import skew
from tests.ocr.conftest import Typeset

SKEW_PAGES = Path(__file__).parents[4] / "shared" / "pages" / "skew"


@pytest.mark.parametrize("angle", [-12.3, -3.0, -0.7, 0.0, 1.85, 6.4, 17.5])
def test_skew_of_a_set_page_is_found_to_a_tenth_of_a_degree(
    typeset: Typeset, judgment: tuple[str, ...], angle: float
) -> None:
    prepared = preprocess.prepare(preprocess.examine(typeset(judgment, angle=angle)), 0, OcrOptions())
    assert prepared.angle == pytest.approx(angle, abs=0.1)


def test_skew_of_the_reference_pages_has_the_sign_and_size_of_their_manifest() -> None:
    for entry in json.loads((SKEW_PAGES / "manifest.json").read_text(encoding="utf-8")):
        picture = cv2.imread(str(SKEW_PAGES / entry["image"]), cv2.IMREAD_GRAYSCALE)
        found = skew.find_direction(preprocess.examine(picture).mask, 20.0)
        # The manifest's angles are whole degrees.
        assert found.sharpness > 2
        assert found.angle == pytest.approx(entry["expected_angle_deg"], abs=0.5), entry["image"]


def test_levelled_page_has_no_skew_left(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    prepared = preprocess.prepare(preprocess.examine(typeset(judgment, angle=4.0)), 0, OcrOptions())
    mask, _, _ = skew.letters(prepared.image)
    assert abs(skew.find_direction(mask, 10).angle) <= 0.1


def test_deskew_can_be_switched_off(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    image = typeset(judgment, angle=4.0)
    prepared = preprocess.prepare(preprocess.examine(image), 0, OcrOptions(deskew=False))
    assert prepared.angle == 0.0 and prepared.image.shape == image.shape[:2]


def test_uneven_light_is_evened_and_ink_stays_dark(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    image = typeset(judgment)[:, :, 0].astype(np.float32)
    shade = np.linspace(0.35, 1.0, image.shape[1], dtype=np.float32)
    flat = preprocess.flatten_background((image * shade).astype(np.uint8))
    paper, ink = flat[image > 250], flat[image < 30]
    assert np.percentile(paper, 1) > 235 and np.percentile(ink, 95) < 110


def test_dark_edge_of_the_scanner_is_not_blown_up_to_noise() -> None:
    generator = np.random.default_rng(7)
    page = np.full((1200, 900), 235, np.uint8)
    page[:, :200] = generator.integers(4, 14, (1200, 200), dtype=np.uint8)
    flat = preprocess.flatten_background(page)
    assert flat[:, :150].max() < 80


def test_small_letters_are_enlarged_and_large_ones_reduced(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    options = OcrOptions()
    small = preprocess.prepare(preprocess.examine(typeset(judgment, size=16, width=700)), 0, options)
    large = preprocess.prepare(preprocess.examine(typeset(judgment[:4], size=150, width=4200)), 0, options)
    good = preprocess.prepare(preprocess.examine(typeset(judgment)), 0, options)
    assert small.recipe["scale"] > 1.5 and large.recipe["scale"] < 0.6 and good.recipe["scale"] == 1.0


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2000, 3), (3, 30_000), (50, 50)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_pages_without_letters_are_left_as_they_are(shape: tuple[int, int], level: int) -> None:
    prepared = preprocess.prepare(preprocess.examine(np.full(shape, level, np.uint8)), 0, OcrOptions())
    assert prepared.image.shape == shape and prepared.angle == 0.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(1, 300))
def test_noise_of_any_size_is_taken(seed: int, height: int, width: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    prepared = preprocess.prepare(preprocess.examine(noise), 90, OcrOptions())
    assert prepared.image.dtype == np.uint8 and prepared.image.size > 0


@pytest.mark.parametrize(
    "image", [np.zeros((0, 5), np.uint8), np.zeros((4, 4), np.float64), np.zeros((4, 4, 2), np.uint8)]
)
def test_what_is_no_picture_is_refused(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected"):
        preprocess.to_grey(image)


def test_the_given_picture_is_not_changed(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    image = typeset(judgment, angle=2.0)
    before = image.copy()
    preprocess.prepare(preprocess.examine(image), 180, OcrOptions())
    assert np.array_equal(image, before)


def test_options_out_of_range_are_refused() -> None:
    for wrong in ({"timeout_seconds": 0}, {"max_skew": 80.0}, {"min_quality": 2.0}):
        with pytest.raises(ValueError):
            OcrOptions(**wrong)  # type: ignore[arg-type]
