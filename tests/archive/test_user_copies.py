"""Copies for users: marks never cover ink, stand upright, and the copy says what it is and bears no signature."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from archive.about import DocumentAbout
from archive.marks import fitting_lines, plan_after_text, plan_bottom
from archive.options import Flavour
from archive.stamp import EDGE, PageGeometry, Placement
from archive.typeface import text_width
from archive.usercopy import CopyKind, CopySource, write_copy
from archive.verapdf import VeraPdf, default_home
from core.errors import BadInputError
from core.model import VerdictState
from imaging.ink import ink_mask
from imaging.pdf import render_page

ORGANISATION = "Tòa án nhân dân tỉnh Sông Bé"
CODE = "TAND-SB.DS.1987.00042"
SIZE = (595, 842)


def about(kind: CopyKind) -> DocumentAbout:
    return DocumentAbout(
        id=CODE,
        case_file=CODE,
        title="Tranh chấp đất đai",
        language="vi",
        organisation=ORGANISATION,
        converted_by="Lê Thu",
        converted_at="2026-11-24T10:00:00+07:00",
        profile="copy",
        from_paper=False,
        copy_kind=kind.value,
        copy_of=("ab" * 32,),
    )


def archived(path: Path, *rotations: int, full: bool = False) -> Path:
    """A PDF with a page for each rotation: black bars at the top, or to the very edges where ``full``."""
    pdf = FPDF(unit="pt", format=SIZE)
    for _ in rotations:
        pdf.add_page()
        pdf.set_fill_color(0, 0, 0)
        for row in range(0, SIZE[1], 28) if full else range(150, 500, 40):
            pdf.rect(0 if full else 60, row, SIZE[0] if full else 400, 20, style="F")
    with pikepdf.open(io.BytesIO(bytes(pdf.output()))) as drawn:
        for page, rotation in zip(drawn.pages, rotations, strict=True):
            page.rotate(rotation, relative=False)
        drawn.save(path)
    return path


@st.composite
def inked(draw: st.DrawFn) -> NDArray[np.bool_]:
    """A page of 595 × 842 pixels, a pixel for a point, with some bars of ink."""
    ink = np.zeros((SIZE[1], SIZE[0]), dtype=np.bool_)
    for _ in range(draw(st.integers(0, 6))):
        top, left = draw(st.integers(0, 841)), draw(st.integers(0, 594))
        ink[top : top + draw(st.integers(1, 300)), left : left + draw(st.integers(1, 595))] = True
    return ink


def covered(ink: NDArray[np.bool_], page: PageGeometry, placement: Placement) -> bool:
    """Whether the mark lies on ink of the page as displayed; what lies beyond its old edges is new paper."""
    x0, y0, x1, y1 = placement.rect
    canvas = np.zeros((SIZE[1], SIZE[0]), dtype=np.bool_)
    turned = np.rot90(canvas, k=page.rotate // 90)  # user space, y down
    high = turned.shape[0]
    turned[max(0, int(high - y1)) : max(0, int(high - y0)), max(0, int(x0)) : max(0, int(x1))] = True
    return bool((ink & canvas).any())


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@settings(max_examples=40)
@given(ink=inked())
def test_no_mark_covers_ink(rotate: int, ink: NDArray[np.bool_]) -> None:
    wide, high = SIZE if rotate % 180 == 0 else SIZE[::-1]
    page = PageGeometry((0, 0, wide, high), rotate)
    for placement in (
        plan_bottom(ink, page, [ORGANISATION]),
        plan_after_text(ink, page, ["TÀI LIỆU LƯU TRỮ CHUYỂN ĐỔI", CODE], 60.0),
    ):
        assert not covered(ink, page, placement)


def test_a_mark_stands_on_the_page_where_there_is_room_and_below_it_where_there_is_none() -> None:
    page = PageGeometry((0, 0, *SIZE))
    empty, full = (np.full((SIZE[1], SIZE[0]), value) for value in (False, True))
    low = plan_bottom(empty, page, [ORGANISATION])
    assert not low.extends and low.rect[1] == pytest.approx(EDGE)
    assert (low.rect[0] + low.rect[2]) / 2 == pytest.approx(SIZE[0] / 2)
    below = plan_bottom(full, page, [ORGANISATION])
    assert below.extend_bottom_pt > 0 and below.rect[3] < 0


def test_a_long_name_is_broken_into_lines_that_fit() -> None:
    lines = fitting_lines("Tòa án nhân dân khu vực Một thành phố Hồ Chí Minh " * 3, 300.0)
    assert len(lines) > 1 and all(text_width(line, 10.0) <= 300.0 - 2 * EDGE for line in lines)


def words(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def gate() -> VeraPdf:
    return VeraPdf(default_home())


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("kind", "mark", "count"),
    [
        (CopyKind.READING, ORGANISATION, 5),
        (CopyKind.PLAIN, "BẢN SAO", 2),
        (CopyKind.CONVERTED, "TÀI LIỆU LƯU TRỮ CHUYỂN ĐỔI", 2),
        (CopyKind.WHOLE, ORGANISATION, 0),
    ],
)
def test_every_kind_has_its_mark_and_stays_valid(
    tmp_path: Path, gate: VeraPdf, kind: CopyKind, mark: str, count: int, full: bool
) -> None:
    files = [archived(tmp_path / "1.pdf", 0, 90, full=full), archived(tmp_path / "2.pdf", 180, 270, 0, full=full)]
    before = [file.read_bytes() for file in files]
    sources = [CopySource(file, f"{CODE}.{number:07d}", f"Văn bản {number}") for number, file in enumerate(files, 1)]
    target = tmp_path / "copy.pdf"
    assert write_copy(target, sources, about(kind), Flavour.A2U, kind) is None
    assert words(target).count(mark) == count
    assert [file.read_bytes() for file in files] == before
    with pikepdf.open(target) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Văn bản 1", "Văn bản 2"]
        assert f"<butluc:copyKind>{kind.value}<" in pdf.Root.Metadata.read_bytes().decode()
    verdict = gate.check(target, "2u")
    assert verdict.state in (VerdictState.PASSED, VerdictState.NOT_VERIFIED), verdict.problems


def test_a_copy_shows_the_same_ink_as_the_archived_page(tmp_path: Path) -> None:
    file = archived(tmp_path / "1.pdf", 0, full=True)
    target = tmp_path / "copy.pdf"
    write_copy(target, [CopySource(file, CODE, "Đơn")], about(CopyKind.READING), Flavour.A2U, CopyKind.READING)
    with pikepdf.open(target) as pdf:
        grown = float(pdf.pages[0].mediabox[3]) - float(pdf.pages[0].mediabox[1])
    old = ink_mask(render_page(file, 0, *SIZE))
    new = ink_mask(render_page(target, 0, SIZE[0], round(grown)))[: SIZE[1]]
    assert grown > SIZE[1] and (old != new).mean() < 0.005


def test_a_certified_copy_gets_room_for_its_signature(tmp_path: Path) -> None:
    target = tmp_path / "copy.pdf"
    sources = [CopySource(archived(tmp_path / "1.pdf", 0, full=True), CODE, "Đơn")]
    placement = write_copy(target, sources, about(CopyKind.CERTIFIED), Flavour.A2U, CopyKind.CERTIFIED)
    assert placement is not None and placement.extend_top_pt > 0 and placement.name_lines == ("BẢN SAO",)
    with pikepdf.open(target) as pdf:
        assert float(pdf.pages[0].mediabox[3]) >= placement.rect[3] > SIZE[1]


def test_what_is_no_pdf_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "hỏng.pdf").write_text("không phải PDF", encoding="utf-8")
    with pytest.raises(BadInputError):
        write_copy(
            tmp_path / "copy.pdf",
            [CopySource(tmp_path / "hỏng.pdf", CODE, "Đơn")],
            about(CopyKind.PLAIN),
            Flavour.A2U,
            CopyKind.PLAIN,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["hỏng.pdf"]
