"""What machines, years, copiers and scanners do to a line: ink in, a grey picture out.

An ink effect takes and gives the share of light taken away (``float32`` 0 to 1); a picture effect takes and gives grey
values (``float32`` 0 to 255, ink dark). Each is drawn with its own probability; all choices come from one seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.chance import Chance, Plane
from ocr.training.line_images import LineInk

Picture = NDArray[np.uint8]
Effect = Callable[[Plane, LineInk, Chance], Plane]


def _plane(values: object) -> Plane:
    return np.asarray(values, np.float32)


def thickness(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """Swollen or starved strokes."""
    kernel = np.ones(chance.choice(((1, 2), (2, 1), (2, 2), (2, 2), (3, 2), (2, 3), (3, 3))), np.uint8)
    return _plane((cv2.dilate if chance.hit(0.6) else cv2.erode)(ink, kernel))


def fading(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """A dry ribbon: ink that comes and goes along the line."""
    knots = (3, max(2, ink.shape[1] // 60))
    return _plane(ink * np.clip(chance.field(ink.shape, knots, chance.uniform(0.2, 0.8), 1.1), 0.12, 1))


def wear(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """Pin-holes and missing specks."""
    return _plane(ink * (chance.grain(ink.shape, chance.uniform(0.6, 2)) < chance.uniform(0.9, 2.5)))


def stencil(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """A duplicator's stencil: ragged edges, filled counters or broken strokes."""
    soft = _plane(cv2.GaussianBlur(ink, (0, 0), line.em * chance.uniform(0.01, 0.035)))
    ragged = soft + chance.uniform(0.05, 0.22) * chance.grain(ink.shape, chance.uniform(0.7, 1.6))
    return _plane(cv2.GaussianBlur(_plane(ragged > chance.uniform(0.3, 0.55)), (0, 0), 0.6))


def carbon(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """A carbon copy: soft, grainy, with a halo."""
    soft = _plane(cv2.GaussianBlur(ink, (0, 0), line.em * chance.uniform(0.015, 0.05)))
    halo = _plane(cv2.GaussianBlur(ink, (0, 0), line.em * 0.15))
    grain = 1 + chance.uniform(0.1, 0.4) * chance.grain(ink.shape, chance.uniform(0.6, 1.5))
    return _plane(np.clip((soft * chance.uniform(0.6, 1) + halo * chance.uniform(0, 0.25)) * grain, 0, 1))


def dots(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """A dot-matrix printer: strokes broken into needle dots."""
    pitch = line.em / chance.uniform(9, 18)
    y, x = np.arange(ink.shape[0], dtype=np.float32)[:, None], np.arange(ink.shape[1], dtype=np.float32)[None]
    lattice = np.cos(2 * math.pi * y / pitch) + np.cos(2 * math.pi * x / pitch)
    needles = np.clip(0.9 + 0.8 * lattice, chance.uniform(0, 0.4), 1)
    return _plane(cv2.dilate(ink, np.ones((2, 2), np.uint8)) * needles)


def struck_twice(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """The same line once more, a hair's breadth away."""
    shift = (chance.randint(-1, 1), chance.choice((-2, -1, 1, 2)))
    return _plane(np.maximum(ink, np.roll(ink, shift, (0, 1)) * chance.uniform(0.3, 0.9)))


def bent(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """Sheared, sloping, waving."""
    height, width = ink.shape
    slope = math.copysign(min(abs(chance.gauss(0, 0.008)), 0.012, height * 0.3 / width), chance.random() - 0.5)
    wave = chance.uniform(0, 1.5) if chance.hit(0.4) else 0.0
    shear = chance.gauss(0, 0.12)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rows = y + (x - width / 2) * slope + wave * np.sin(x / width * math.tau * chance.uniform(0.5, 1.5))
    columns = x + (y - height / 2) * shear
    # cv2.remap reads float64 maps as garbage without an error.
    return _plane(cv2.remap(ink, _plane(columns), _plane(rows), cv2.INTER_LINEAR))


def underline(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """A rule under the whole line or a part of it, solid, dotted or in strokes."""
    height, width = ink.shape
    row = int(line.baseline + line.em * chance.uniform(0.07, 0.24))
    thick = max(1, int(line.em * chance.uniform(0.02, 0.07)))
    start, end = sorted((chance.randint(0, width), chance.randint(0, width))) if chance.hit(0.5) else (0, width)
    rule = np.full(end - start, chance.uniform(0.3, 1), np.float32)
    if chance.hit(0.3):
        pitch = max(3, int(line.em * chance.uniform(0.12, 0.6)))
        rule[np.arange(end - start) % pitch < pitch * chance.uniform(0.2, 0.6)] = 0
    drawn = ink.copy()
    drawn[row : row + thick, start:end] = np.maximum(drawn[row : row + thick, start:end], rule)
    return drawn


def neighbours(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """The feet of the line above or the heads of the line below."""
    reach = max(1, int(ink.shape[0] * chance.uniform(0.03, 0.12)))
    other = np.roll(ink, chance.randint(0, ink.shape[1]), 1)
    drawn = ink.copy()
    body = slice(ink.shape[0] // 3, ink.shape[0] // 3 + reach)
    edge = slice(0, reach) if chance.hit(0.5) else slice(ink.shape[0] - reach, ink.shape[0])
    drawn[edge] = np.maximum(drawn[edge], other[body])
    return drawn


def on_paper(ink: Plane, line: LineInk, chance: Chance) -> Plane:
    """Ink on uneven paper, at times with the back showing through."""
    light = chance.uniform(150, 255)
    dark = chance.uniform(0, light - 60) if chance.hit(0.35) else chance.uniform(0, 70)
    paper = np.full(ink.shape, light, np.float32)
    if chance.hit(0.5):
        paper += chance.field(ink.shape, (2, max(2, ink.shape[1] // 150)), -25, 25)
    if chance.hit(0.3):
        half = ink.shape[0] // 2
        back = np.roll(ink[:, ::-1], (chance.randint(-half, half), chance.randint(0, ink.shape[1])), (0, 1))
        strength = chance.uniform(0.05, 0.45) * (light - dark)
        paper -= _plane(cv2.GaussianBlur(_plane(back), (0, 0), chance.uniform(0.8, 3))) * strength
    return paper * (1 - ink) + dark * ink


def turned(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """Light letters on a dark ground, turned over by the reader: the ground's grain is strong."""
    return picture + chance.grain(picture.shape, chance.uniform(0.6, 2)) * chance.uniform(8, 25)


def rule(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """A table's or form's rule along an edge, or an upright one at an end."""
    height, width = picture.shape
    thick, shade = chance.randint(1, 3), chance.uniform(20, 170)
    drawn = picture.copy()
    if chance.hit(0.7):
        row = int(height * chance.choice((chance.uniform(0.86, 1), chance.uniform(0, 0.1))))
        drawn[row : row + thick] = np.minimum(drawn[row : row + thick], shade)
    else:
        column = chance.choice((chance.randint(0, 4), max(0, width - chance.randint(2, 6))))
        drawn[:, column : column + thick] = np.minimum(drawn[:, column : column + thick], shade)
    return drawn


def stamp(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """The rims of a seal across the line."""
    height, width = picture.shape
    centre = (chance.randint(0, width), chance.randint(-2 * height, 3 * height))
    radius = chance.randint(height, 4 * height)
    rims = np.zeros(picture.shape, np.float32)
    cv2.circle(rims, centre, radius, 1.0, chance.randint(2, 7))
    if chance.hit(0.5):
        cv2.circle(rims, centre, int(radius * 0.88), 1.0, chance.randint(1, 3))
    return picture - rims * chance.uniform(20, 90)


def shadow(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """A dark scanner edge or book gutter at one end."""
    reach = max(2, int(line.em * chance.uniform(0.5, 4)))
    ramp = np.ones(picture.shape[1], np.float32)
    ramp[:reach] = np.linspace(chance.uniform(0.1, 0.7), 1, reach)[: picture.shape[1]]
    return picture * (ramp if chance.hit(0.5) else ramp[::-1])


def blur(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """Out of focus."""
    return _plane(cv2.GaussianBlur(picture, (0, 0), abs(chance.gauss(0, 0.035)) * line.em + 0.25))


def coarse(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """Scanned at a low resolution and enlarged."""
    scale = min(1.0, chance.uniform(0.35, 0.9) * max(1.0, 30 / line.em))
    height, width = picture.shape
    small = cv2.resize(picture, (max(8, int(width * scale)), max(8, int(height * scale))), interpolation=cv2.INTER_AREA)
    return _plane(cv2.resize(small, (width, height), interpolation=chance.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC))))


def noise(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """The sensor's noise."""
    return picture + chance.noise(picture.shape) * chance.uniform(1, 16)


def specks(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """Dust, black and white."""
    dust = chance.planes.random(picture.shape, np.float32)
    share = chance.uniform(0.002, 0.01)
    return np.where(dust < share, 0, np.where(dust > 1 - share / 2, 255, picture)).astype(np.float32)


def jpeg(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """Compression."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, chance.randint(25, 80)]
    packed = cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8), quality)[1]
    return _plane(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE))


def photocopy(picture: Plane, line: LineInk, chance: Chance) -> Plane:
    """Contrast driven up, to black and white at the end."""
    if chance.hit(0.5):
        return _plane(cv2.threshold(np.clip(picture, 0, 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)[1])
    middle = float(np.percentile(picture, 50)) * chance.uniform(0.6, 0.85)
    return _plane(255 / (1 + np.exp(np.clip((middle - picture) / chance.uniform(6, 25), -30, 30))))


INK_EFFECTS: tuple[tuple[float, Effect], ...] = (
    (0.10, underline), (0.30, thickness), (0.33, fading), (0.25, wear), (0.05, stencil), (0.07, carbon), (0.03, dots),
    (0.03, struck_twice), (0.15, neighbours), (0.30, bent),
)  # fmt: skip
PICTURE_EFFECTS: tuple[tuple[float, Effect], ...] = (
    (0.05, turned), (0.10, rule), (0.10, stamp), (0.05, shadow), (0.55, blur), (0.35, coarse), (0.60, noise),
    (0.05, specks), (0.15, jpeg), (0.12, photocopy),
)  # fmt: skip


def aged(line: LineInk, chance: Chance) -> Picture:
    """The grey picture of a line, ink dark, same size; a third of the lines is aged little."""
    ink, severity = line.ink, chance.choice((0.35, 1.0, 1.0))
    for probability, effect in INK_EFFECTS:
        if chance.hit(probability * severity):
            ink = effect(ink, line, chance)
    picture = on_paper(ink, line, chance)
    for probability, effect in PICTURE_EFFECTS:
        if chance.hit(probability * severity):
            picture = effect(picture, line, chance)
    return np.clip(picture, 0, 255).astype(np.uint8)
