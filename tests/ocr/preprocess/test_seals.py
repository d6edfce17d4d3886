"""Seals are found where they stand, nothing else is taken for one, and the text under them is read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench.textscore import word_bag
from core.model import RegionKind
from ocr.butluc import make_butluc
from ocr.options import OcrOptions
from ocr.preprocess.fade import fade_seals
from ocr.preprocess.inks import separate_inks
from ocr.preprocess.paper import Cleaned, to_grey
from ocr.preprocess.seals import Shape, find_seals
from ocr.reader import read_page
from tests.ocr.conftest import Typeset
from tests.ocr.preprocess.conftest import RED, VIOLET, Stamp, inked, on_old_paper

WIDTH, HEIGHT = 1654, 2339


def blank() -> NDArray[np.uint8]:
    return np.full((HEIGHT, WIDTH, 3), 255, np.uint8)


def faded(page: NDArray[np.uint8]) -> Cleaned:
    return fade_seals(page, to_grey(page), find_seals(page))


def written(text: str, size: int, *, bold: bool = False) -> NDArray[np.uint8]:
    """A plane of ink with a line of text near its top."""
    plane = Image.new("L", (WIDTH, HEIGHT))
    font = ImageFont.truetype("Tinos-Bold.ttf" if bold else "Tinos-Regular.ttf", size)
    ImageDraw.Draw(plane).multiline_text((200, 200), text, font=font, fill=255, spacing=12)
    return np.asarray(plane, np.uint8)


@pytest.mark.parametrize("aged", [False, True])
@pytest.mark.parametrize(("centre", "diameter"), [((1100, 1700), 300), ((400, 300), 120), ((900, 1200), 420)])
def test_a_round_red_seal_is_found_at_its_place(
    stamp: Stamp, centre: tuple[int, int], diameter: int, aged: bool
) -> None:
    page = stamp(blank(), centre, diameter)
    seals = find_seals(on_old_paper(page) if aged else page)
    assert [(seal.shape, seal.colour) for seal in seals] == [(Shape.ROUND, "red")]
    assert seals[0].centre == pytest.approx(centre, abs=5) and seals[0].radius == pytest.approx(diameter / 2, rel=0.06)
    x0, y0, x1, y1 = seals[0].box
    assert (
        x0 <= centre[0] - diameter / 2 + 5
        and y1 >= centre[1] + diameter / 2 - 5
        and x1 - x0 == pytest.approx(diameter, rel=0.08)
    )


def test_two_seals_that_touch_and_one_over_the_edge_are_all_found(stamp: Stamp) -> None:
    page = stamp(stamp(stamp(blank(), (600, 900), 300), (860, 1020), 300), (WIDTH - 20, 1800), 300)
    centres = sorted(seal.centre for seal in find_seals(on_old_paper(page)))
    assert [round(x, -1) for x, _ in centres] == pytest.approx([600, 860, WIDTH - 20], abs=12)


def test_ovals_violet_seals_and_framed_stamps_are_told_apart(stamp: Stamp) -> None:
    page = stamp(stamp(blank(), (500, 600), 300, stretch=0.7), (1200, 600), 300, ink=VIOLET)
    plane = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.rectangle(plane, (300, 1500), (700, 1700), 255, 5)
    cv2.putText(plane, "DEN 1987", (340, 1620), cv2.FONT_HERSHEY_SIMPLEX, 2, 255, 5)
    found = {(seal.shape, seal.colour) for seal in find_seals(on_old_paper(inked(page, plane, RED)))}
    assert found == {(Shape.OVAL, "red"), (Shape.ROUND, "blue"), (Shape.RECTANGULAR, "red")}


def test_red_type_rules_paper_pictures_and_discs_are_no_seals() -> None:
    headings = inked(
        blank(), written("BÁO NHÂN DÂN\nSố 12.345 ngày 2 tháng 9 năm 1987\nGiá 5 đồng", 90, bold=True), RED
    )
    rules = np.zeros((HEIGHT, WIDTH), np.uint8)
    for y in range(300, 2000, 90):
        cv2.line(rules, (150, y), (1500, y), 255, 3)
    cv2.line(rules, (300, 100), (300, 2200), 255, 3)
    disc = cv2.circle(np.zeros((HEIGHT, WIDTH), np.uint8), (800, 800), 160, 255, -1)
    grain = np.random.default_rng(1).uniform(0, 255, (30, 40, 3)).astype(np.float32)
    photograph = blank()
    photograph[500:1400, 300:1300] = cv2.resize(grain, (1000, 900), interpolation=cv2.INTER_CUBIC).clip(0, 255)
    for page in (headings, inked(blank(), rules, RED), inked(blank(), disc, RED), photograph, blank() // 2):
        assert find_seals(page) == () and find_seals(on_old_paper(page)) == ()


def test_black_text_has_no_colour_and_pen_and_seal_ink_have_their_own(stamp: Stamp) -> None:
    text = written("Căn cứ vào các tài liệu có trong hồ sơ vụ án", 60)
    pen = np.roll(text, 600, axis=0)
    page = on_old_paper(stamp(inked(inked(blank(), text, (24, 23, 26)), pen, (38, 52, 132)), (1100, 1700), 300))
    inks = separate_inks(page)
    text_rows, pen_rows, seal_rows = (
        slice(*(round(y / inks.scale) for y in ys)) for ys in ((200, 300), (780, 900), (1500, 1900))
    )
    assert inks.blue[text_rows].sum() < 0.02 * inks.blue[pen_rows].sum()
    assert inks.red[seal_rows].sum() > 0.99 * inks.red.sum() > 1000
    assert inks.blue.sum() < 1.03 * inks.blue[pen_rows].sum()


def test_a_page_without_seal_stays_as_it_is_to_the_byte(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    for page in (typeset(judgment), on_old_paper(typeset(judgment))):
        cleaned = faded(page)
        assert np.array_equal(cleaned.image, to_grey(page)) and cleaned.recipe == {}


def test_outside_the_seal_not_a_byte_changes_and_inside_nothing_grows_darker(
    stamp: Stamp, typeset: Typeset, judgment: tuple[str, ...]
) -> None:
    page = on_old_paper(stamp(typeset(judgment), (700, 500), 320))
    cleaned, plain = faded(page).image, to_grey(page)
    ys, xs = np.nonzero(cleaned != plain)
    assert np.hypot(xs - 700, ys - 500).max() < 160 * 1.12 and (cleaned >= plain).all()


@pytest.mark.parametrize("aged", [False, True])
def test_words_under_a_seal_are_read_better_once_it_is_faded(
    stamp: Stamp, typeset: Typeset, judgment: tuple[str, ...], aged: bool
) -> None:
    page = typeset(judgment)
    for centre in ((350, 330), (700, 600), (1050, 400)):
        page = stamp(stamp(page, centre, 360), centre, 360)
    page = on_old_paper(page) if aged else page
    engine, text = make_butluc(OcrOptions()), "\n".join(judgment)
    plain = "\n".join(line.text for line in engine.read(to_grey(page), ()).lines)
    read = read_page(page, OcrOptions(), engine)
    assert word_bag(text, read.text)[0] >= max(0.97, word_bag(text, plain)[0] + 0.03)
    assert str(read.recipe["seals"]).startswith("3 ")
    places = [region.box for region in read.regions if region.kind is RegionKind.SEAL]
    assert sorted((x0 + x1) // 2 for x0, _, x1, _ in places) == pytest.approx([350, 700, 1050], abs=6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.integers(1, 200))
def test_any_picture_is_taken(seed: int, height: int, width: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    cleaned = faded(noise)
    assert cleaned.image.shape == (height, width)
    for seal in find_seals(noise):
        x0, y0, x1, y1 = seal.box
        assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
