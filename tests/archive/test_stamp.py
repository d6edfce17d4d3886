"""The block's place: free of ink, top right, upright, and the page grows where nothing is free."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from archive.stamp import (
    CLEARANCE,
    EDGE,
    STRIP,
    PageGeometry,
    extend_page,
    place_block,
    plan_block,
    read_geometry,
    time_line,
)
from archive.typeface import letters_of, text_width
from core.errors import BadInputError

COURT = "Tòa án nhân dân khu vực 3 - Thành phố Hồ Chí Minh"
A4 = PageGeometry((0, 0, 595.28, 841.89))
DPI = 72.0
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"


def ink_of(size: tuple[int, int], boxes: list[tuple[int, int, int, int]]) -> NDArray[np.bool_]:
    ink = np.zeros(size, dtype=bool)
    for x, y, width, height in boxes:
        ink[y : y + height, x : x + width] = True
    return ink


def to_displayed(page: PageGeometry, rect: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The displayed rectangle (left, top, right, bottom) of one in user space, by turning the page step by step."""
    x0, y0, x1, y1 = (value * page.unit for value in rect)
    left, bottom, right, top = (value * page.unit for value in page.box)
    u0, v0, u1, v1 = x0 - left, top - y1, x1 - left, top - y0
    width, height = right - left, top - bottom
    for _ in range(page.rotate // 90):
        u0, v0, u1, v1 = height - v1, u0, height - v0, u1
        width, height = height, width
    return u0, v0, u1, v1


BOXES = st.lists(
    st.tuples(st.integers(0, 590), st.integers(0, 130), st.integers(1, 200), st.integers(1, 30)), max_size=30
)


@given(
    boxes=BOXES,
    rotate=st.sampled_from([0, 90, 180, 270]),
    origin=st.tuples(st.integers(-50, 50), st.integers(-50, 50)),
    unit=st.sampled_from([1.0, 2.0]),
    dpi=st.sampled_from([72, 100]),
)
@settings(max_examples=150, deadline=None)
def test_stamp_block_is_never_over_ink_and_always_on_the_page(
    boxes: list[tuple[int, int, int, int]], rotate: int, origin: tuple[int, int], unit: float, dpi: int
) -> None:
    width, height = (595 / unit, 842 / unit) if rotate % 180 == 0 else (842 / unit, 595 / unit)
    page = PageGeometry((origin[0], origin[1], origin[0] + width, origin[1] + height), rotate, unit)
    ink = ink_of((842 * dpi // 72, 595 * dpi // 72), boxes)
    plan = plan_block(ink, page, COURT)
    grown = page.grown(plan.extend_top_pt, plan.extend_left_pt)
    left, top, right, bottom = to_displayed(grown, plan.rect)
    assert top >= EDGE - 1e-6 and right <= grown.displayed[0] - EDGE + 1
    assert (left + right) / 2 >= grown.displayed[0] / 2 - 1
    assert bottom - top == pytest.approx(12 * (len(plan.name_lines) + 1))
    ys, xs = np.nonzero(ink)
    xs, ys = xs * 72 / dpi + plan.extend_left_pt, ys * 72 / dpi + plan.extend_top_pt
    pixel, gap = 72 / dpi, CLEARANCE - 0.5
    near = (xs + pixel > left - gap) & (xs < right + gap) & (ys + pixel > top - gap) & (ys < bottom + gap)
    assert not near.any()


def test_stamp_on_an_empty_page_lies_in_the_corner_in_one_line() -> None:
    plan = plan_block(ink_of((842, 595), []), A4, COURT)
    left, top, right, bottom = to_displayed(A4, plan.rect)
    assert plan.name_lines == (COURT,) and not plan.extends
    assert (top, right) == (pytest.approx(EDGE, abs=1.5), pytest.approx(595.28 - EDGE, abs=2))
    assert (right - left, bottom - top) == (pytest.approx(text_width(COURT, 10)), pytest.approx(24))


def test_stamp_breaks_the_name_to_fit_beside_a_folio() -> None:
    folio, header = (440, 10, 20, 20), (0, 70, 595, 30)
    plan = plan_block(ink_of((842, 595), [folio, header]), A4, COURT)
    assert len(plan.name_lines) > 1 and " ".join(plan.name_lines) == COURT
    assert not plan.extends


def test_stamp_extends_a_page_whose_top_is_full() -> None:
    plan = plan_block(ink_of((842, 595), [(0, 0, 595, 90)]), A4, COURT)
    assert plan.extend_top_pt == pytest.approx(EDGE + 24 + CLEARANCE) and plan.extend_left_pt == 0
    assert plan.rect[1] >= 841.89 + CLEARANCE - 1e-6


def test_stamp_does_not_go_to_the_left_half() -> None:
    assert place_block(ink_of((842, 595), [(290, 0, 305, 90)]), DPI, (120.0, 24.0)) is None


def test_stamp_extends_a_page_narrower_than_the_block() -> None:
    page = PageGeometry((0, 0, 60, 40))
    plan = plan_block(ink_of((40, 60), []), page, COURT)
    grown = page.grown(plan.extend_top_pt, plan.extend_left_pt)
    assert plan.extend_left_pt > 0 and len(plan.name_lines) > 1
    assert grown.box[0] < plan.rect[0] and plan.rect[2] < grown.box[2] and plan.rect[1] > 40


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (50, 50)])
def test_stamp_place_on_odd_pages_is_none_or_inside(shape: tuple[int, int]) -> None:
    place = place_block(np.zeros(shape, dtype=bool), 72, (30.0, 12.0))
    assert place is None or (place[0] + 30 <= shape[1] and place[1] + 12 <= min(shape[0], STRIP))


def test_stamp_time_is_that_of_hanoi_with_offset() -> None:
    assert time_line(datetime(2026, 11, 23, 20, 15, 42, 999, tzinfo=UTC)) == "2026-11-24 03:15:42 +07:00"


def test_stamp_face_has_every_vietnamese_letter_and_figures_of_one_width() -> None:
    text = LETTERS + LETTERS.upper() + "0123456789-:+ "
    face = letters_of(frozenset(text))
    assert 0 not in face.glyphs.values() and len(set(face.glyphs.values())) == len(set(text))
    assert len({text_width(figure, 10) for figure in "0123456789"}) == 1
    assert len(face.program) < 80_000


@pytest.mark.parametrize(("name", "text"), [("Tòa án 法院", "法 院"), ("  ", "missing")])
def test_stamp_refuses_names_it_cannot_write(name: str, text: str) -> None:
    with pytest.raises(BadInputError, match=text):
        plan_block(ink_of((842, 595), []), A4, name)


def test_stamp_takes_decomposed_names() -> None:
    assert plan_block(ink_of((842, 595), []), A4, "To\u0300a a\u0301n").name_lines == ("Tòa án",)


def blank(path: Path, rotate: int = 0, *, inherited: bool = False) -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(300, 400))
        page = pdf.pages[0].obj
        page.MediaBox = pikepdf.Array([310, 420, 10, 20])
        page.CropBox = pikepdf.Array([20, 30, 300, 400])
        holder = pdf.Root.Pages if inherited else page
        holder.Rotate = rotate
        pdf.save(path)
    return path


@pytest.mark.parametrize(("rotate", "expected"), [(0, 0), (90, 90), (-90, 270), (450, 90), (45, 0)])
@pytest.mark.parametrize("inherited", [False, True])
def test_stamp_reads_geometry(tmp_path: Path, rotate: int, expected: int, inherited: bool) -> None:
    page = read_geometry(blank(tmp_path / "a.pdf", rotate, inherited=inherited))
    assert (page.box, page.rotate) == ((20, 30, 300, 400), expected)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_stamp_extension_grows_the_displayed_top(tmp_path: Path, rotate: int) -> None:
    path = blank(tmp_path / "a.pdf", rotate)
    before = read_geometry(path)
    width, height = (round(value) for value in before.displayed)
    plan = plan_block(np.ones((height, width), dtype=bool), before, COURT)
    extend_page(path, plan)
    after = read_geometry(path)
    assert after.displayed[1] == pytest.approx(before.displayed[1] + plan.extend_top_pt, abs=0.01)
    left, top, right, bottom = to_displayed(after, plan.rect)
    assert 0 < left < right < after.displayed[0] and 0 < top < bottom < plan.extend_top_pt
    old_corner = to_displayed(after, before.box)[:2]
    assert old_corner == pytest.approx((plan.extend_left_pt, plan.extend_top_pt), abs=0.01)
    with pikepdf.open(path) as pdf:
        media = [float(value) for value in pdf.pages[0].mediabox]
        assert media[0] <= after.box[0] and media[3] >= after.box[3]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"\x00" * 1000])
def test_stamp_refuses_what_is_no_pdf(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "hỏng.pdf").write_bytes(data)
    with pytest.raises(BadInputError, match="hỏng.pdf"):
        read_geometry(tmp_path / "hỏng.pdf")
