"""Lines that belong together are one region, and every line stands in one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.model import Box, Line, RegionKind, Word
from ocr.blocks import find_blocks


def line(box: Box) -> Line:
    return Line((Word("Tòa", box, 0.9),), box, (box[0], box[3], box[2], box[3]), "vi")


def rows(left: int, right: int, top: int, count: int, pitch: int = 50) -> list[Line]:
    return [line((left, top + pitch * i, right, top + pitch * i + 36)) for i in range(count)]


HEADS = rows(100, 480, 80, 2) + rows(560, 1000, 80, 3)


def test_heads_body_and_signature_are_blocks_of_their_own() -> None:
    body, signature = rows(100, 1000, 400, 6), rows(650, 1000, 900, 2)
    lines = HEADS + body + signature
    blocks = find_blocks(lines)
    assert [(block.first, block.count) for block in blocks] == [(0, 2), (2, 3), (5, 6), (11, 2)]
    assert {block.kind for block in blocks} == {RegionKind.TEXT}
    assert [block.box for block in blocks][2] == (100, 400, 1000, 686)


def test_a_title_of_other_size_is_no_part_of_the_text_below() -> None:
    lines = [line((300, 100, 800, 180)), *rows(100, 1000, 200, 3)]
    assert [block.count for block in find_blocks(lines)] == [1, 3]


def test_lines_of_a_table_are_one_region_whatever_their_places() -> None:
    lines = rows(100, 1000, 100, 2) + rows(100, 200, 300, 3) + rows(700, 900, 280, 3) + rows(100, 1000, 600, 2)
    blocks = find_blocks(lines, [None, None, 0, 0, 0, 0, 0, 0, None, None])
    assert [(block.kind, block.count) for block in blocks] == [
        (RegionKind.TEXT, 2), (RegionKind.TABLE, 6), (RegionKind.TEXT, 2),
    ]  # fmt: skip


EDGES = st.integers(0, 900)
SIDES = st.integers(1, 300)
BOXES = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), EDGES, EDGES, SIDES, SIDES)


@given(st.lists(BOXES, max_size=12))
def test_every_line_stands_in_one_region_that_holds_it(boxes: list[Box]) -> None:
    lines = [line(box) for box in boxes]
    blocks = find_blocks(lines)
    assert [i for block in blocks for i in range(block.first, block.first + block.count)] == list(range(len(lines)))
    for block in blocks:
        for box in boxes[block.first : block.first + block.count]:
            assert block.box[0] <= box[0] and block.box[1] <= box[1]
            assert block.box[2] >= box[2] and block.box[3] >= box[3]
