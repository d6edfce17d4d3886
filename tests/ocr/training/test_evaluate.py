"""Scores of weights, with networks that answer by rote."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.training import charset
from ocr.training.evaluate import Found, distance, finder_score, recogniser_errors
from ocr.training.fonts import FaceBook
from ocr.training.lines import Line, LineMaker
from ocr.training.page_windows import Window
from ocr.training.text import LineText


class RoteNetwork:
    """Gives the same answer to everything."""

    def __init__(self, answer: NDArray[np.float32]) -> None:
        self._answer = answer

    def run(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """The answer."""
        return self._answer


def _scores(text: str) -> NDArray[np.float32]:
    """Class scores from which the text is decoded: a blank between any two letters."""
    scores = np.zeros((1, charset.CLASSES, 2 * len(text)), np.float32)
    scores[0, 0, 1::2] = 9
    scores[0, charset.classes(text), range(0, 2 * len(text), 2)] = 9
    return scores


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [("", "", 0), ("bản án", "bản án", 0), ("bản án", "bán an", 2), ("", "tòa", 3), ("số 15", "số", 3)],
)
def test_distance_counts_edits(left: str, right: str, edits: int) -> None:
    assert distance(left, right) == distance(right, left) == edits


def test_recogniser_errors_count_every_character(line_text: LineText, faces: FaceBook) -> None:
    picture = next(LineMaker(line_text, faces).lines(1)).picture
    lines = [Line(picture, "quyền"), Line(picture, "quyển sở hữu")]
    errors = recogniser_errors(RoteNetwork(_scores("quyền")), lines)
    assert (errors.wrong, errors.characters) == (8, 17)
    assert errors.rate == pytest.approx(8 / 17)


def _window(cores: NDArray[np.bool_]) -> Window:
    maps = np.zeros((4, *cores.shape), np.uint8)
    maps[0] = cores * 255
    return Window(np.zeros((4 * cores.shape[0], 4 * cores.shape[1]), np.uint8), maps)


def test_finder_score_tells_found_split_merged_missed_and_false_lines() -> None:
    true, found = np.zeros((2, 64, 64), bool)
    for row in (4, 12, 20, 28, 40):
        true[row : row + 3, 4:60] = True
    found[4:7, 6:58] = True  # the first line found
    found[12:15, 4:30] = found[12:15, 34:60] = True  # the second in two pieces
    found[20:31, 10:50] = True  # the third and fourth in one piece
    found[52:55, 4:60] = True  # nothing there; the fifth is missed
    maps = np.where(found, 5, -5).astype(np.float32)
    network = RoteNetwork(np.stack([maps] * 4)[None])
    assert finder_score(network, [_window(true)]) == Found(lines=5, single=1, missed=1, false=1)


def test_lines_of_another_seed_are_other_lines(line_text: LineText, faces: FaceBook) -> None:
    maker = LineMaker(line_text, faces)
    seen = {line.text for line in islice(maker.lines(1), 20)}
    assert len(seen & {line.text for line in islice(maker.lines(987_654_321), 20)}) <= 2
