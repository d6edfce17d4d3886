"""Synthetic pages: the truth agrees with the ink."""

from __future__ import annotations

from itertools import islice

import numpy as np

from ocr.training.canvas import PageCanvas, type_of
from ocr.training.chance import Chance
from ocr.training.composing import Box, Composer, Setting
from ocr.training.fonts import FaceBook, Family
from ocr.training.layouts import form
from ocr.training.page_windows import windows
from ocr.training.pages import Page, make_page, targets
from ocr.training.text import LineText


def _family(faces: FaceBook) -> Family:
    return Family.of([face for face in faces.faces if face.family == "Tinos"])


def test_a_family_has_its_four_styles(faces: FaceBook) -> None:
    family = _family(faces)
    assert [face.path.name for face in (family.regular, family.bold, family.italic, family.bold_italic)] == [
        "Tinos-Regular.ttf", "Tinos-Bold.ttf", "Tinos-Italic.ttf", "Tinos-BoldItalic.ttf",
    ]  # fmt: skip


def test_a_line_stands_where_its_truth_says(faces: FaceBook) -> None:
    canvas = PageCanvas(600, 100)
    canvas.write((40, 60), "Quyết định đình chỉ", type_of(_family(faces).regular, 24), 0)
    rows, columns = np.nonzero(np.asarray(canvas.image) < 128)
    (line,) = canvas.lines
    assert abs(line.left - columns.min()) <= 2
    assert abs(line.right - columns.max() - 1) <= 2
    assert abs(line.top - rows.min()) <= 2
    assert abs(line.bottom - rows.max() - 1) <= 2
    assert line.baseline == 60


def test_justified_lines_end_at_the_margin(line_text: LineText, faces: FaceBook) -> None:
    page = Composer(PageCanvas(700, 400), Chance(1), line_text, _family(faces))
    page.set(Box(50, 20, 650, 380), page.words(80, 80), Setting())
    for line in page.canvas.lines[:-1]:
        assert 640 <= line.right <= 655
        assert line.left < 60


def test_no_two_lines_of_a_paragraph_overlap(line_text: LineText, faces: FaceBook) -> None:
    page = Composer(PageCanvas(700, 900), Chance(2), line_text, _family(faces))
    page.set(Box(50, 20, 650, 880), page.words(120, 120), Setting())
    baselines = [line.baseline for line in page.canvas.lines]
    assert len(baselines) > 5
    steps = [below - above for above, below in zip(baselines, baselines[1:], strict=False)]
    assert min(steps) >= 1.7 * page.kind().x_height


def test_pieces_of_a_form_line_are_joined_into_one(faces: FaceBook) -> None:
    canvas, kind = PageCanvas(900, 100), type_of(_family(faces).regular, 24)
    canvas.write((10, 30), "Độc lập", kind, 0)
    end = canvas.write((40, 60), "Họ và tên:", kind, 0)
    dots = canvas.write((end, 60), "." * 40, kind, 0, counts=False)
    canvas.write((dots + 4, 60), "Nguyễn Thị Hường", kind, 0)
    canvas.join_last(1)
    assert len(canvas.lines) == 2
    assert canvas.lines[1].left < end < dots < canvas.lines[1].right


def test_empty_leaders_of_forms_are_not_lines(line_text: LineText, faces: FaceBook) -> None:
    page = Composer(PageCanvas(900, 2000), Chance(3), line_text, _family(faces))
    form(page, Box(50, 20, 850, 1980))
    rows = {line.baseline for line in page.canvas.lines}
    assert 2 <= len(rows) <= 9
    assert all(line.right <= 860 for line in page.canvas.lines)


def test_every_line_of_a_page_has_ink_and_a_core(line_text: LineText, faces: FaceBook) -> None:
    for seed in range(6):
        page = make_page(line_text, faces.family(Chance(seed)), Chance(seed))
        maps = targets(page)
        assert len(page.lines) > 3
        for line in page.lines:
            inside = page.picture[max(0, int(line.top)) : int(line.bottom) + 1, int(line.left) : int(line.right) + 1]
            if inside.size:
                assert inside.max() - inside.min() > 40, (seed, line)
                middle = min(page.picture.shape[0] - 1, round(line.baseline - line.x_height / 2))
                assert maps[0, middle, int(line.left) : int(line.right)].mean() > 128


def test_ends_stand_beside_lines_and_heights_on_their_cores(faces: FaceBook) -> None:
    canvas = PageCanvas(400, 100)
    canvas.write((100, 60), "Bản án", type_of(_family(faces).regular, 30), 0)
    (line,) = canvas.lines
    core, end, above, below = targets(Page(np.asarray(canvas.image, np.float32), (line,)))
    middle = round(line.baseline - line.x_height / 2)
    assert core[middle, int(line.left) + 3] == 255
    assert core[middle, int(line.right) + 6] == 0
    assert end[middle, int(line.right) + 4] == 255
    assert end[middle, int(line.left) - 5] == 255
    assert abs(above[middle, 120] / 2 - (line.baseline - line.x_height / 2 - line.top)) <= 1
    assert abs(below[middle, 120] / 2 - (line.bottom - line.baseline + line.x_height / 2)) <= 1


def test_the_same_seed_makes_the_same_windows(line_text: LineText, faces: FaceBook) -> None:
    first, again = (list(islice(windows(line_text, faces, 5), 2)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.picture, other.picture)
        assert np.array_equal(one.maps, other.maps)
        assert one.picture.shape == (1024, 1024)
        assert one.maps.shape == (4, 256, 256)
