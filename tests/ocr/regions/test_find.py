"""Finding marks from values alone: whatever is drawn, regions lie on the page; seals are no signatures."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from core.model import Box, Line, Polygon, RegionKind, Word
from ocr.reading import Reading
from ocr.regions.find import find_marks
from ocr.regions.page import part_page
from samples import marks

PLACES = st.tuples(st.integers(-50, 700), st.integers(-50, 900))


def line(text: str, box: Box, *, confidence: float = 0.97, language: str = "vi") -> Line:
    words = text.split()
    step = (box[2] - box[0]) // len(words)
    boxes = [(box[0] + i * step, box[1], box[0] + (i + 1) * step - 8, box[3]) for i in range(len(words))]
    placed = tuple(Word(word, place, confidence) for word, place in zip(words, boxes, strict=True))
    return Line(placed, box, (box[0], box[3] - 8, box[2], box[3] - 8), language)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(PLACES, PLACES, st.integers(0, 220), st.integers(-1, 30)), max_size=12),
    st.lists(st.tuples(st.integers(0, 560), st.integers(0, 760), st.integers(9, 300), st.integers(8, 60)), max_size=5),
    st.tuples(st.integers(1, 600), st.integers(1, 800)),
    st.integers(0, 3),
    st.booleans(),
)
def test_no_region_lies_outside_the_page(
    strokes: list[tuple[tuple[int, int], tuple[int, int], int, int]],
    places: list[Box],
    size: tuple[int, int],
    quarters: int,
    colour: bool,
) -> None:
    page = np.full((*size, 3), 235, np.uint8)
    for start, end, grey, width in strokes:
        ink = (grey, grey // 2, 90)
        if width < 1:
            cv2.ellipse(page, start, (60, 30), 20, 0, 300, ink, 3)
        else:
            cv2.line(page, start, end, ink, width)
    lines = tuple(line("Họ tên: 14", (x, y, x + w, y + h), confidence=w / 300) for x, y, w, h in places)
    outlines: tuple[Polygon, ...] = tuple(((x, y), (x + w, y), (x + w, y + h)) for x, y, w, h in places[:2])
    reading = Reading(lines, 90 * quarters, 0.0, "vi", 0.9, "fake 1", {}, unread=outlines)
    parted = part_page(page[:, :, 1].copy(), reading, outlines[:1], page if colour else None)
    assert 0.0 <= parted.handwritten <= 1.0
    for region in parted.regions:
        assert len(region.polygon) >= 3
        assert all(0 <= x <= size[1] and 0 <= y <= size[0] for x, y in region.polygon)


def sheet() -> tuple[NDArray[np.uint8], list[Line]]:
    """A blank sheet at 300 dpi with the places of some lines of print, the last of them a name."""
    page = np.full((2400, 2000), 240, np.uint8)
    boxes = [(300, 300 + 80 * i, 1700, 350 + 80 * i) for i in range(10)] + [(1100, 1700, 1500, 1750)]
    for x0, y0, x1, y1 in boxes:
        for x in range(x0, x1 - 30, 40):
            cv2.rectangle(page, (x, y0 + 12), (x + 24, y1 - 12), 40, 4)
    return page, [line("Nguyễn Hữu Trác", box) for box in boxes]


def signed(page: NDArray[np.uint8], grey: int) -> NDArray[np.uint8]:
    plane = Image.new("L", page.shape[::-1])
    marks.signature(plane, (1300, 1560), 500, np.random.default_rng(1))
    share = np.asarray(plane, np.float64) / 255
    return np.round(page * (1 - share) + grey * share).astype(np.uint8)


def test_print_that_was_read_leaves_nothing() -> None:
    page, lines = sheet()
    assert find_marks(page, lines, (), ()).regions == ()


def test_a_signature_needs_its_signer_near() -> None:
    page, lines = sheet()
    assert [it.kind for it in find_marks(signed(page, 40), lines, (), ()).regions] == [RegionKind.SIGNATURE]
    alone = page.copy()
    alone[1690:1760] = 240
    regions = find_marks(signed(alone, 40), lines[:-1], (), ()).regions
    assert RegionKind.SIGNATURE not in {it.kind for it in regions}


def test_what_a_faded_seal_leaves_is_no_signature_but_ink_over_it_is() -> None:
    page, lines = sheet()
    seal = tuple((int(1300 + 320 * np.cos(a)), int(1560 + 320 * np.sin(a))) for a in np.linspace(0, 6.2, 40))
    assert find_marks(signed(page, 195), lines, (), [seal]).regions == ()
    assert [it.kind for it in find_marks(signed(page, 60), lines, (), [seal]).regions] == [RegionKind.SIGNATURE]


def test_red_ink_is_a_seals() -> None:
    page, lines = sheet()
    red = np.stack([signed(page, 200), signed(page, 60), signed(page, 60)], axis=2)
    grey = np.asarray(cv2.cvtColor(red, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    assert find_marks(grey, lines, (), (), red).regions == ()


def test_words_and_lines_that_the_engine_hardly_believes_are_no_text() -> None:
    page, lines = sheet()
    scrawl = line("«l Luz qx", (300, 1300, 700, 1360), confidence=0.6)
    unsure = Line((*lines[0].words[:2], Word("qx", lines[0].words[2].box, 0.4)), *_rest(lines[0]))
    marked = find_marks(page, [unsure, *lines[1:], scrawl], (), ())
    assert marked.no_text == ((0, 2), (len(lines), 0), (len(lines), 1), (len(lines), 2))
    french = line("les qu'ils ont", (300, 1300, 700, 1360), confidence=0.6, language="fr")
    assert find_marks(page, [*lines, french], (), ()).no_text == ()


def _rest(of: Line) -> tuple[Box, tuple[float, float, float, float], str]:
    return of.box, of.baseline, of.language


def test_letters_seen_in_a_signatures_curls_are_no_text_but_a_page_number_in_a_table_is() -> None:
    page, lines = sheet()
    page = signed(page, 40)
    for y in (1000, 1100):
        cv2.line(page, (300, y), (900, y), 40, 4)
    for x in (300, 500, 900):
        cv2.line(page, (x, 1000), (x, 1100), 40, 4)
    cv2.putText(page, "14", (330, 1070), cv2.FONT_HERSHEY_SIMPLEX, 2, 40, 5)
    curl, cell = line("_A", (1480, 1540, 1570, 1620)), line("14", (325, 1015, 410, 1085))
    found = find_marks(page, [*lines, cell, curl], (), ())
    assert found.no_text == ((len(lines) + 1, 0),)
    assert [it.kind for it in found.regions] == [RegionKind.SIGNATURE]


def test_a_signature_over_a_seal_stays_one_where_the_finder_sees_a_line_in_it() -> None:
    page, lines = sheet()
    seal = tuple((int(1120 + 190 * np.cos(a)), int(1560 + 190 * np.sin(a))) for a in np.linspace(0, 6.2, 40))
    seen = ((1020, 1440), (1560, 1440), (1560, 1680), (1020, 1680))
    found = find_marks(signed(page, 60), lines, [seen], [seal]).regions
    assert [it.kind for it in found] == [RegionKind.SIGNATURE]
