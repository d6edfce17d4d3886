"""A contact sheet of the worst lines: each as it stands on its page, as it was read, and as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from bench.reading.alignment import AlignedLine, align_lines, joined
from bench.reading.exchange import Box
from bench.reading.measure import Result

MOST = 30
"""Lines on a sheet."""
_WIDTH, _MARGIN, _GAP = 1500, 12, 14
_SIZE = 24
"""Pixels per em of the text below a crop."""
_TALLEST = 200
"""Pixels of a crop."""
_FONT = Path(__file__).parents[2] / "archive" / "fonts" / "Tinos-Regular.ttf"
_RIGHT, _WRONG, _NOTE = "black", "#d00000", "#707070"


@dataclass(frozen=True, slots=True)
class Case:
    """A line that was read badly, and where it stands on its page."""

    result: Result
    line: AlignedLine
    box: Box


def worst_cases(results: Sequence[Result], most: int = MOST) -> list[Case]:
    """The lines with most errors that were found and whose place is known, one page's and another's mixed."""
    cases = [case for result in results for case in _cases(result)]
    return sorted(cases, key=lambda case: -case.line.errors)[:most]


def _cases(result: Result) -> list[Case]:
    hay, spans = joined(result.reading.lines)
    cases = []
    for line in align_lines(result.page.truth, hay):
        touched = [
            read.box
            for read, (start, end) in zip(result.reading.lines, spans, strict=True)
            if read.box is not None and min(end, line.end) - max(start, line.start) > 1
        ]
        if line.found and line.errors and touched:
            cases.append(Case(result, line, _around(touched)))
    return cases


def _around(boxes: Sequence[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def draw_sheet(cases: Sequence[Case], target: Path) -> None:
    """Writes the sheet as PNG; wrong letters are red.

    Raises:
        OSError: a picture cannot be read again, or the sheet not be written.
    """
    strips = [_strip(case) for case in cases]
    sheet = Image.new("RGB", (_WIDTH, sum(strip.height + _GAP for strip in strips) + _GAP), "#d8d8d8")
    top = _GAP
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height + _GAP
    sheet.save(target)


def _strip(case: Case) -> Image.Image:
    """One line of the sheet."""
    crop = _crop(case)
    row = round(_SIZE * 1.35)
    strip = Image.new("RGB", (_WIDTH, crop.height + 3 * row + _MARGIN), "white")
    strip.paste(crop, (_MARGIN, 0))
    font = ImageFont.truetype(_FONT, _SIZE)
    wrong_read, wrong_truth = _wrong(case.line)
    _write(strip, crop.height, case.line.part, wrong_read, font)
    _write(strip, crop.height + row, case.line.text, wrong_truth, font)
    note = f"{case.result.page.name}: {case.line.errors} errors; read above, printed below"
    ImageDraw.Draw(strip).text((_MARGIN, crop.height + 2 * row), note, _NOTE, ImageFont.truetype(_FONT, _SIZE - 8))
    return strip


def _crop(case: Case) -> Image.Image:
    x0, y0, x1, y1 = case.box
    room = (y1 - y0) // 4
    with Image.open(case.result.page.image) as page:
        area = (max(0, x0 - room), max(0, y0 - room), min(page.width, x1 + room), min(page.height, y1 + room))
        crop = page.convert("RGB").crop(area)
    scale = min((_WIDTH - 2 * _MARGIN) / crop.width, _TALLEST / crop.height, 1.0)
    return crop.resize((max(1, round(crop.width * scale)), max(1, round(crop.height * scale))))


def _wrong(line: AlignedLine) -> tuple[set[int], set[int]]:
    """Places of wrong letters in what was read and in the truth."""
    edits = Levenshtein.editops(line.text, line.part)
    read = {edit.dest_pos for edit in edits if edit.tag != "delete"}
    return read, {edit.src_pos for edit in edits if edit.tag != "insert"}


def _write(strip: Image.Image, top: int, text: str, wrong: set[int], font: ImageFont.FreeTypeFont) -> None:
    pen, draw = float(_MARGIN), ImageDraw.Draw(strip)
    for place, letter in enumerate(text):
        shown = "␣" if letter == " " and place in wrong else letter
        draw.text((pen, top), "_" if shown == "␣" else shown, _WRONG if place in wrong else _RIGHT, font)
        pen += font.getlength(letter)
