"""The text layer lies on its words, whatever way the page lies."""

from __future__ import annotations

import math
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Pdf, Stream

from archive.glyphless import CodeTable, printable
from archive.textlayer import text_layer
from core.model import Line, RecognizedPage, Word

DPI = 200.0
TEXT = "Tòa án nhân dân thành phố Hà Nội xét xử sơ thẩm vụ việc tranh chấp"
WORDS = TEXT.split()
_BBOX = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')


def turned_page(
    degrees: float, *, rotation: int = 0, width: int = 1654, height: int = 2339, gap: float = 14.0
) -> RecognizedPage:
    """Four lines turned about the middle of the page, counter-clockwise as seen; each word has its upright box."""
    lines = []
    for row in range(4):
        words, x = [], 250.0
        for text in WORDS[row * 4 : row * 4 + 4]:
            length = 22.0 * len(text)
            words.append(Word(text, _turned_box(x, 900 + 70 * row, length, 40.0, degrees, width, height), 0.9))
            x += length + gap
        ends = [_turn(x0, 935 + 70 * row, degrees, width, height) for x0 in (250.0, x - gap)]
        xs, ys = [w.box[i] for w in words for i in (0, 2)], [w.box[i] for w in words for i in (1, 3)]
        lines.append(Line(tuple(words), (min(xs), min(ys), max(xs), max(ys)), (*ends[0], *ends[1]), "vi"))
    return RecognizedPage(width, height, rotation, 0.0, 0.9, "vi", "test", tuple(lines))


def _turn(x: float, y: float, degrees: float, width: int, height: int) -> tuple[float, float]:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    dx, dy = x - width / 2, y - height / 2
    return width / 2 + dx * c + dy * s, height / 2 - dx * s + dy * c


def _turned_box(
    x: float, y: float, length: float, high: float, degrees: float, width: int, height: int
) -> tuple[int, int, int, int]:
    corners = [_turn(x + a, y + b, degrees, width, height) for a in (0, length) for b in (0, high)]
    xs, ys = [p[0] for p in corners], [p[1] for p in corners]
    return round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys))


def text_pdf(path: Path, page: RecognizedPage) -> Path:
    codes = CodeTable()
    with Pdf.new() as pdf:
        pdf.add_blank_page(page_size=(page.width * 72 / DPI, page.height * 72 / DPI))
        body = pdf.pages[0].obj
        body.Contents = Stream(pdf, text_layer(page, DPI, codes))
        body.Resources = Dictionary(Font=Dictionary(F1=codes.font(pdf)))
        body.MediaBox = Array([0, 0, page.width * 72 / DPI, page.height * 72 / DPI])
        pdf.save(path)
    return path


def copied(path: Path, *options: str) -> str:
    return subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, check=True, text=True).stdout


def offsets_mm(path: Path, page: RecognizedPage) -> list[float]:
    """Distance between the middles of each word's box as given and as poppler finds it."""
    found = {text: tuple(map(float, box)) for *box, text in _BBOX.findall(copied(path, "-bbox"))}
    result = []
    for word in (word for line in page.lines for word in line.words):
        x0, y0, x1, y1 = (side * 72 / DPI for side in word.box)
        u0, v0, u1, v1 = found[word.text]
        result.append(math.hypot((x0 + x1 - u0 - u1) / 2, (y0 + y1 - v0 - v1) / 2) * 25.4 / 72)
    return result


@pytest.mark.parametrize("degrees", [0.0, 3.0, -3.0, 90.0, 180.0, 270.0, 93.0, 177.0, 268.0])
def test_words_lie_on_their_boxes_at_any_turn(tmp_path: Path, degrees: float) -> None:
    page = turned_page(degrees)
    offsets = offsets_mm(text_pdf(tmp_path / "t.pdf", page), page)
    assert len(offsets) == 16
    assert sum(offsets) / len(offsets) < 0.3
    assert max(offsets) < 2


@pytest.mark.parametrize("degrees", [0.0, 2.0, -2.0])
def test_copying_gives_words_with_single_spaces_line_by_line(tmp_path: Path, degrees: float) -> None:
    page = turned_page(degrees)
    assert copied(text_pdf(tmp_path / "t.pdf", page), "-raw").split("\f")[0].splitlines() == page.text.splitlines()


@pytest.mark.parametrize("gap", [2.0, 0.0, -4.0])
def test_words_whose_boxes_touch_are_copied_apart(tmp_path: Path, gap: float) -> None:
    page = turned_page(0.0, gap=gap)
    target = text_pdf(tmp_path / "t.pdf", page)
    assert copied(target, "-raw").split() == WORDS
    assert max(offsets_mm(target, page)) < 1.0


def test_words_are_as_long_as_their_boxes(tmp_path: Path) -> None:
    page = turned_page(0.0)
    found = {
        text: float(x1) - float(x0)
        for x0, _, x1, _, text in _BBOX.findall(copied(text_pdf(tmp_path / "t.pdf", page), "-bbox"))
    }
    for word in page.lines[0].words:
        assert found[word.text] == pytest.approx((word.box[2] - word.box[0]) * 72 / DPI, abs=0.1)


def test_baseline_without_length_takes_the_direction_of_the_page() -> None:
    word = Word("Số", (100, 100, 130, 160), 0.9)
    line = Line((word,), word.box, (130.0, 160.0, 130.0, 160.0), "vi")
    page = RecognizedPage(500, 500, 90, 0.0, 0.9, "vi", "test", (line,))
    assert b"\n0 1 -1 0 " in text_layer(page, DPI, CodeTable())


def test_words_of_another_language_are_marked_so() -> None:
    word = Word("République", (100, 100, 300, 140), 0.9)
    line = Line((word,), word.box, (100.0, 140.0, 300.0, 140.0), "fr")
    page = RecognizedPage(500, 500, 0, 0.0, 0.9, "vi", "test", (line,))
    assert b"/Span <</Lang (fr)>> BDC" in text_layer(page, DPI, CodeTable())


def test_degenerate_boxes_keep_their_words(tmp_path: Path) -> None:
    words = (Word("điểm", (100, 100, 100, 100), 0.1), Word("chồng", (90, 90, 400, 130), 0.1))
    page = RecognizedPage(500, 500, 0, 0.0, 0.9, "vi", "t", (Line(words, (90, 90, 400, 130), (0, 0, 0, 0), "vi"),))
    assert copied(text_pdf(tmp_path / "t.pdf", page), "-raw").split() == ["điểm", "chồng"]


def test_page_without_words_has_no_text_objects() -> None:
    empty = Line((Word(" \x00\ufeff", (0, 0, 9, 9), 0.0),), (0, 0, 9, 9), (0, 0, 9, 0), "vi")
    assert text_layer(RecognizedPage(9, 9, 0, 0.0, 0.0, "vi", "t", (empty,)), DPI, CodeTable()) == b""


VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ0123456789/-."


@given(st.lists(st.text(VIETNAMESE + VIETNAMESE.upper(), min_size=1, max_size=12), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_vietnamese_letters_come_back_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    words = tuple(Word(text, (50 + 300 * i, 100, 300 + 300 * i, 150), 0.9) for i, text in enumerate(texts))
    page = RecognizedPage(2000, 300, 0, 0.0, 0.9, "vi", "t", (Line(words, (0, 0, 9, 9), (50, 150, 1900, 150), "vi"),))
    path = text_pdf(tmp_path_factory.mktemp("vi") / "t.pdf", page)
    assert "".join(copied(path, "-raw").split()) == "".join(texts)


@given(st.text())
def test_any_text_becomes_one_that_a_unicode_map_may_hold(text: str) -> None:
    clean = printable(text)
    assert not set(clean) & {"\x00", "\ufeff", "\ufffe", "\uffff", "\n", "\t"}
    assert clean == printable(clean)
    codes = CodeTable().encode(clean)
    assert len(codes) == 2 * len(clean)
    assert b"\x00\x00" not in {codes[i : i + 2] for i in range(0, len(codes), 2)}


def test_characters_beyond_the_first_plane_come_back(tmp_path: Path) -> None:
    word = Word("𡨸喃", (50, 100, 300, 150), 0.9)
    page = RecognizedPage(500, 300, 0, 0.0, 0.9, "vi", "t", (Line((word,), word.box, (50, 150, 300, 150), "vi"),))
    assert copied(text_pdf(tmp_path / "t.pdf", page)).strip() == "𡨸喃"
