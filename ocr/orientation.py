"""Pages lying on their side or upside down: suspected from the shape of lines, proved by reading a strip.

Text lines make the profile across them jagged, and more so along
baselines than along the tops of letters. Only where a page looks wrong is a strip of it read both ways, and it is
turned only if the turned strip reads clearly better: a page that reads well as it lies is never turned.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.model import Line
from ocr import language, preprocess
from ocr.options import OcrOptions
from ocr.preprocess import Prepared, Sheet, skew
from ocr.preprocess.paper import Grey
from ocr.quality import mean_belief
from ocr.reading import PictureEngine

_SIDEWAYS = 1.0
_UPSIDE_DOWN = 1.2
_STRIP = 0.16
_CLEARLY = 1.4
_READABLE = 0.25


def find_rotation(sheet: Sheet, options: OcrOptions, engine: PictureEngine) -> int:
    """Clockwise degrees (0, 90, 180, 270) that make the page upright; 0 where nothing proves otherwise."""
    energy = {rotation: _energy(sheet, rotation, options.max_skew) for rotation in (0, 90, 180, 270)}
    if max(energy[90], energy[270]) > _SIDEWAYS * max(energy[0], energy[180]):
        suspects = sorted((90, 270), key=lambda rotation: -energy[rotation])
    elif energy[180] > _UPSIDE_DOWN * energy[0]:
        suspects = [180]
    else:
        return 0
    return _best([0, *suspects], sheet, options, engine)


def is_upside_down(sheet: Sheet, rotation: int, options: OcrOptions, engine: PictureEngine) -> bool:
    """Whether a strip reads clearly better the other way up than at ``rotation``."""
    return _best([rotation, (rotation + 180) % 360], sheet, options, engine) != rotation


def _energy(sheet: Sheet, rotation: int, limit: float) -> float:
    return skew.find_direction(preprocess.turn(sheet.mask, rotation), limit, coarse=True).energy


def _best(rotations: list[int], sheet: Sheet, options: OcrOptions, engine: PictureEngine) -> int:
    scores = {rotation: strip_belief(sheet, rotation, options, engine) for rotation in rotations}
    first = rotations[0]
    best = max(rotations, key=scores.__getitem__)
    return best if scores[best] >= max(_READABLE, _CLEARLY * scores[first]) else first


def strip_belief(sheet: Sheet, rotation: int, options: OcrOptions, engine: PictureEngine) -> float:
    """Belief (0.0–1.0) in what is read on the strip with the most ink when the page is turned by ``rotation``."""
    prepared = preprocess.prepare(sheet, rotation, replace(options, deskew=True))
    lines = engine.read(fullest_strip(prepared), options.languages or language.FIRST_READING)
    # Engines read text on its side too; here that is proof against the direction tried.
    lines = [line for line in lines if _runs_right(line)]
    code = language.find_language(lines)
    return mean_belief(lines, french=code == "fr")


def _runs_right(line: Line) -> bool:
    x0, y0, x1, y1 = line.baseline
    return x1 - x0 > abs(y1 - y0)


def fullest_strip(prepared: Prepared) -> Grey:
    """The strip with the most changes from paper to ink along its rows: letters change, dark edges do not."""
    picture = prepared.image
    height = max(1, round(picture.shape[0] * _STRIP))
    dark = picture[:, ::2] < 160
    changes = np.cumsum(np.concatenate(([0], (dark[:, 1:] != dark[:, :-1]).sum(axis=1))))
    top = int(np.argmax(changes[height:] - changes[:-height]))
    return np.ascontiguousarray(picture[top : top + height])
