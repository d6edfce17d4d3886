"""Words that are no text leave lines, blocks and boxes that fit what remains."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.model import Line, Region, RegionKind, Word
from ocr.blocks import find_blocks
from ocr.quality import with_handwriting
from ocr.regions.textonly import without_words


def line(text: str, top: int, *, left: int = 100) -> Line:
    """Words 100 pixels apart, 80 wide, 40 high."""
    places = [(left + 100 * i, top, left + 80 + 100 * i, top + 40) for i in range(len(text.split()))]
    words = tuple(Word(part, box, 0.9) for part, box in zip(text.split(), places, strict=True))
    right = places[-1][2]
    outline = ((left, top), (right, top), (right, top + 40), (left, top + 40))
    return Line(words, (left, top, right, top + 40), (left, top + 30.0, right, top + 30.0), "vi", outline)


FORM = [line("Họ và tên: Trần Lượng", 100), line("19 tuổi", 160), line("Ngày 22", 220)]


def test_a_line_is_cut_to_the_words_that_remain() -> None:
    lines, _ = without_words(FORM, (), [(0, 3), (0, 4)])
    assert lines[0].text == "Họ và tên:" and lines[1:] == tuple(FORM[1:])
    assert lines[0].box == (100, 100, 380, 140) and lines[0].baseline == (100.0, 130.0, 380.0, 130.0)
    assert set(lines[0].polygon) == {(100, 100), (380, 100), (380, 140), (100, 140)}


def test_a_line_of_which_nothing_remains_is_gone_from_its_block() -> None:
    blocks = (*find_blocks(FORM), Region(RegionKind.SEAL, ((0, 0), (9, 0), (9, 9))))
    lines, regions = without_words(FORM, blocks, [(1, 0), (1, 1)])
    assert [it.text for it in lines] == ["Họ và tên: Trần Lượng", "Ngày 22"]
    assert [(it.kind, it.first, it.count) for it in regions] == [(RegionKind.TEXT, 0, 2), (RegionKind.SEAL, 0, 0)]
    assert without_words(FORM, blocks, [(i, j) for i in range(3) for j in range(5)]) == ((), blocks[-1:])


def test_lines_that_run_upwards_are_cut_too() -> None:
    words = (Word("số", (100, 500, 140, 580), 0.9), Word("14", (100, 400, 140, 480), 0.9))
    outline = ((100, 580), (100, 400), (140, 400), (140, 580))
    upwards = Line(words, (100, 400, 140, 580), (130.0, 580.0, 130.0, 400.0), "vi", outline)
    (cut,), _ = without_words([upwards], (), [(0, 1)])
    assert cut.baseline == (130.0, 580.0, 130.0, 500.0)
    assert set(cut.polygon) == {(100, 580), (100, 500), (140, 500), (140, 580)}


TEXTS = st.lists(st.integers(1, 4).map(lambda n: " ".join(["án"] * n)), min_size=1, max_size=8)


@given(TEXTS, st.data())
def test_every_line_that_remains_stands_in_the_region_it_stood_in(texts: list[str], data: st.DataObject) -> None:
    lines = [line(text, 100 + 60 * i if i < 4 else 900 + 60 * i, left=100 + i) for i, text in enumerate(texts)]
    blocks = find_blocks(lines)
    places = [(i, j) for i, it in enumerate(lines) for j in range(len(it.words))]
    gone = data.draw(st.sets(st.sampled_from(places)))
    kept, regions = without_words(lines, blocks, gone)
    assert sum(len(it.words) for it in kept) == len(places) - len(gone)
    assert [i for it in regions for i in range(it.first, it.first + it.count)] == list(range(len(kept)))
    tops = [{it.box[1] for it in lines[block.first : block.first + block.count]} for block in blocks]
    for region in regions:
        here = {it.box[1] for it in kept[region.first : region.first + region.count]}
        assert any(here <= top for top in tops)
        x0, y0, x1, y1 = region.box
        for it in kept[region.first : region.first + region.count]:
            assert x0 <= it.box[0] and y0 <= it.box[1] and it.box[2] <= x1 and it.box[3] <= y1


def test_handwriting_that_nobody_read_lowers_the_quality() -> None:
    assert with_handwriting(0.98, 0.0) == 0.98
    assert with_handwriting(0.9, 0.5) == 0.45 and with_handwriting(0.9, 1.0) == 0.0
