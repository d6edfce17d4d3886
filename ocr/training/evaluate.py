"""Scores exported weights on fresh synthetic lines and pages that no training has seen.

python -m ocr.training.evaluate --laws laws.txt.gz --recogniser recogniser.onnx --finder linefinder.onnx
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.lines import finder
from ocr.network import Network
from ocr.recogniser.decode import decode
from ocr.recogniser.normalise import as_input
from ocr.training.charset import CHARACTERS
from ocr.training.fonts import FaceBook
from ocr.training.lines import Line, LineMaker
from ocr.training.page_windows import Window, windows
from ocr.training.text import LawText, LineText

_FRESH_SEED = 987_654_321
_CORE = 0.0
_CORE_TARGET = 128
_SMALLEST_PIECE = 4


class Net(Protocol):
    """A network: array in, array out."""

    def run(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """``y`` for ``x``."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Edit errors of the recogniser over some lines."""

    wrong: int
    characters: int

    @property
    def rate(self) -> float:
        """Errors a character."""
        return self.wrong / max(1, self.characters)


@dataclass(frozen=True, slots=True)
class Found:
    """What became of the lines of some windows.

    Attributes:
        lines: true lines.
        single: those that one found piece covers, and no other line shares it.
        missed: those that no piece touches.
        false: pieces that touch no true line.
    """

    lines: int
    single: int
    missed: int
    false: int


def distance(left: str, right: str) -> int:
    """Levenshtein's edit distance."""
    row = list(range(len(right) + 1))
    for place, char in enumerate(left, 1):
        above, row[0] = row[0], place
        for other, against in enumerate(right, 1):
            above, row[other] = row[other], min(row[other] + 1, row[other - 1] + 1, above + (char != against))
    return row[-1]


def recogniser_errors(network: Net, lines: Iterable[Line]) -> Errors:
    """Character errors over lines, white space and all."""
    wrong = characters = 0
    for line in lines:
        read = decode(network.run(as_input(line.picture))[0], CHARACTERS).text
        wrong += distance(line.text, read)
        characters += len(line.text)
    return Errors(wrong, characters)


def finder_score(network: Net, examples: Iterable[Window]) -> Found:
    """True cores against found cores, as connected pieces of the two maps."""
    total = np.zeros(4, int)
    for window in examples:
        maps = network.run(finder.as_input(window.picture))[0]
        total += _compare(window.maps[0] > _CORE_TARGET, maps[0] > _CORE)
    return Found(*(int(count) for count in total))


def _compare(true: NDArray[np.bool_], found: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    true_labels, true_sizes = _pieces(true)
    found_labels, found_sizes = _pieces(found)
    meetings = np.zeros((len(true_sizes), len(found_sizes)), bool)
    meetings[true_labels, found_labels] = True
    meetings = meetings[1:, 1:][true_sizes[1:] >= _SMALLEST_PIECE][:, found_sizes[1:] >= _SMALLEST_PIECE]
    alone = meetings.sum(axis=0) == 1
    single = ((meetings & alone).sum(axis=1) == 1) & (meetings.sum(axis=1) == 1)
    return len(meetings), int(single.sum()), int((~meetings.any(axis=1)).sum()), int((~meetings.any(axis=0)).sum())


def _pieces(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return np.asarray(labels, np.int32), np.asarray(stats[:, cv2.CC_STAT_AREA], np.int32)


def main(arguments: list[str]) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m ocr.training.evaluate", description="Scores exported weights.")
    parser.add_argument("--laws", type=Path, required=True, help="law texts, UTF-8, a paragraph a line, plain or .gz")
    parser.add_argument("--recogniser", type=Path, help="recogniser.onnx")
    parser.add_argument("--finder", type=Path, help="linefinder.onnx")
    parser.add_argument("--lines", type=int, default=400)
    parser.add_argument("--windows", type=int, default=40)
    parser.add_argument("--seed", type=int, default=_FRESH_SEED)
    given = parser.parse_args(arguments)
    laws, faces = LawText.read(given.laws), FaceBook()
    if given.recogniser:
        for name, share in (("Vietnamese", 0.0), ("French", 1.0)):
            lines = islice(LineMaker(LineText(laws, share), faces).lines(given.seed), given.lines)
            errors = recogniser_errors(Network(given.recogniser), lines)
            print(f"{name}: {errors.rate:.4f} errors a character over {errors.characters} characters")
    if given.finder:
        print(finder_score(Network(given.finder), islice(windows(LineText(laws), faces, given.seed), given.windows)))


if __name__ == "__main__":
    main(sys.argv[1:])
