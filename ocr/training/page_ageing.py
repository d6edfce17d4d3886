"""What years and scanners do to a page: clean grey window in, aged grey window out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.chance import Chance, Plane

_SEVERITIES = (0.1, 0.35, 0.6, 0.8, 1.0)


def _plane(values: object) -> Plane:
    return np.asarray(values, np.float32)


def aged_page(clean: Plane, outside: NDArray[np.bool_], chance: Chance) -> NDArray[np.uint8]:
    """The window as a scanner gives it.

    Args:
        clean: grey ``(height, width)`` 0 to 255.
        outside: pixels that lie beside the sheet.
        chance: source of all choices.
    """
    severity = chance.choice(_SEVERITIES)
    ink = _worn((clean if chance.hit(0.05) else 255 - clean), severity, chance)
    paper = _paper(ink, severity, chance)
    picture = paper - ink * np.clip(paper / 255, 0, 1) * (1 - chance.uniform(0, 0.45) * severity)
    picture = _shadows(picture, chance)
    if outside.any():
        beside = ((255, 255), (0, 60), (80, 130), (200, 255))
        picture[outside] = chance.uniform(*chance.choice(beside))
    return _scanned(picture, severity, chance)


def _worn(ink: Plane, severity: float, chance: Chance) -> Plane:
    """Swollen, starved, worn, faded ink, 0 to 255."""
    if chance.hit(0.3 * severity + 0.1):
        ink = _plane((cv2.dilate if chance.hit(0.6) else cv2.erode)(ink, np.ones((2, 2), np.uint8)))
    if chance.hit(0.5):
        grain = chance.grain(ink.shape, chance.uniform(0.5, 2.5))
        lost = severity * chance.uniform(0.5, 1)
        ink = ink * np.clip(1 - lost * (grain > chance.uniform(0.8, 2)), 0.05, 1)
    if chance.hit(0.7):
        knots = (chance.randint(3, 16), chance.randint(3, 12))
        ink = ink * np.clip(chance.field(ink.shape, knots, 1 - 0.85 * severity, 1.05), 0.1, 1)
    return _plane(ink)


def _paper(ink: Plane, severity: float, chance: Chance) -> Plane:
    """Uneven, stained, creased paper with the back showing through, at times strongly."""
    light = chance.uniform(190, 255)
    knots = (chance.randint(2, 7), chance.randint(2, 6))
    paper = chance.field(ink.shape, knots, light - chance.uniform(20, 120) * severity, light)
    for _ in range(int(chance.uniform(0, 16) * severity)):
        _stain(paper, chance.uniform(10, 60) * severity, chance)
    if chance.hit(0.5):
        strength = chance.uniform(0.05, 0.25) * severity if chance.hit(0.7) else chance.uniform(0.25, 0.5)
        shift = (chance.randint(-90, 90), chance.randint(-200, 200))
        back = _plane(np.roll(ink[:, ::-1], shift, (0, 1)))
        paper -= _plane(cv2.GaussianBlur(back, (0, 0), chance.uniform(0.8, 3))) * strength
    if chance.hit(0.3):
        for _ in range(chance.randint(1, 3)):
            _crease(paper if chance.hit(0.5) else paper.T, chance.uniform(10, 70) * severity, chance)
    return paper


def _stain(paper: Plane, depth: float, chance: Chance) -> None:
    height, width = paper.shape
    x, y, reach = chance.randint(0, width), chance.randint(0, height), chance.uniform(3, 45)
    left, right = max(0, int(x - 3 * reach)), min(width, int(x + 3 * reach))
    top, bottom = max(0, int(y - 3 * reach)), min(height, int(y + 3 * reach))
    rows, columns = np.ogrid[top:bottom, left:right]
    distance = ((rows - y) ** 2 + (columns - x) ** 2) / (2 * reach * reach)
    paper[top:bottom, left:right] -= (depth * np.exp(-distance)).astype(np.float32)


def _crease(paper: Plane, depth: float, chance: Chance) -> None:
    """A dark crest with a light flank along a row; of the transposed plane, along a column."""
    row, thick = chance.randint(50, paper.shape[0] - 50), chance.randint(1, 3)
    paper[row : row + thick] -= depth
    paper[row + thick : row + 20] += chance.uniform(0, 12)


def _shadows(picture: Plane, chance: Chance) -> Plane:
    """Copier edges, gutter shadows, a shadow over a part."""
    height, width = picture.shape
    if chance.hit(0.3):
        reach = int(width * chance.uniform(0.01, 0.07))
        ramp = np.ones(width, np.float32)
        ramp[:reach] = np.linspace(chance.uniform(0, 0.4), 1, reach) ** chance.uniform(0.2, 1.5)
        picture = picture * (ramp if chance.hit(0.5) else ramp[::-1])
    if chance.hit(0.15):
        field = chance.field((height, width), (2, 2), 0, 1) > 0.5
        shade = _plane(field) * chance.uniform(0.2, 0.6) + 0.4
        picture = picture * np.clip(cv2.GaussianBlur(shade, (0, 0), chance.uniform(5, 40)), 0.2, 1)
    return picture


def _scanned(picture: Plane, severity: float, chance: Chance) -> NDArray[np.uint8]:
    """Blur, noise, low resolution, compression, black and white, a divided background."""
    height, width = picture.shape
    if chance.hit(0.75):
        picture = _plane(cv2.GaussianBlur(picture, (0, 0), chance.uniform(0.35, 0.6 + 0.8 * severity)))
    if chance.hit(0.75):
        picture = picture + chance.noise((height, width)) * chance.uniform(1, 4 + 12 * severity)
    if chance.hit(0.15):
        scale = chance.uniform(0.45, 0.9)
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = _plane(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))
    grey = np.clip(picture, 0, 255).astype(np.uint8)
    if chance.hit(0.3):
        packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, chance.randint(25, 85)])[1]
        grey = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    if chance.hit(0.08):
        grey = np.asarray(cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)[1], np.uint8)
    elif chance.hit(0.12):
        small = cv2.dilate(cv2.resize(grey, None, fx=0.25, fy=0.25), np.ones((5, 5), np.uint8))
        paper = cv2.resize(cv2.medianBlur(small, 21), (width, height))
        grey = np.asarray(cv2.divide(grey, paper, scale=255), np.uint8)
    return grey
