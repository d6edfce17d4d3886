"""What people and offices leave on a page: seals, signatures, pencilled folio numbers, postmarks."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from samples.fonts import FontBook

Box = tuple[int, int, int, int]


def _merge(plane: Image.Image, patch: Image.Image, corner: tuple[int, int]) -> Box:
    box = (*corner, corner[0] + patch.width, corner[1] + patch.height)
    plane.paste(ImageChops.lighter(plane.crop(box), patch), box)
    return box


def _round_text(patch: Image.Image, text: str, radius: float, em: int, book: FontBook, span: float) -> None:
    """Letters on the upper arc of a circle, spread over ``span`` degrees."""
    font, centre = book.font("tinos", em, bold=True), patch.width / 2
    for index, letter in enumerate(text):
        angle = (index / max(1, len(text) - 1) - 0.5) * span
        stamp = Image.new("L", (2 * em, 2 * em))
        ImageDraw.Draw(stamp).text((em, em), letter, fill=255, font=font, anchor="mm")
        stamp = stamp.rotate(-angle, Image.Resampling.BICUBIC)
        x = centre + radius * math.sin(math.radians(angle))
        y = centre - radius * math.cos(math.radians(angle))
        _merge(patch, stamp, (round(x - em), round(y - em)))


def _star(draw: ImageDraw.ImageDraw, centre: float, radius: float) -> None:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = math.pi * corner / 5
        points.append((centre + reach * math.sin(angle), centre - reach * math.cos(angle)))
    draw.polygon(points, fill=255)


def _uneven(patch: Image.Image, rng: np.random.Generator, floor: float) -> Image.Image:
    """The patch inked unevenly: a soft field from ``floor`` to 1 and the grain of the paper."""
    mask = np.asarray(patch, np.float32)
    coarse = rng.uniform(floor, 1.05, (4, 4)).astype(np.float32)
    field = cv2.resize(coarse, mask.shape[::-1], interpolation=cv2.INTER_CUBIC)
    grain = cv2.GaussianBlur(rng.normal(0, 1, mask.shape).astype(np.float32), (0, 0), 1.6)
    worn = mask * np.clip(field, 0, 1) * np.clip(1 + 0.9 * np.minimum(grain + 0.25, 0), 0.2, 1)
    return Image.fromarray(np.clip(worn, 0, 255).astype(np.uint8))


def seal(
    plane: Image.Image,
    centre: tuple[float, float],
    diameter: int,
    text: str,
    star: bool,
    book: FontBook,
    rng: np.random.Generator,
) -> Box:
    """A round office seal with its text on the rim, with a star if told; its box ``(x0, y0, x1, y1)`` in pixels."""
    side = diameter + diameter // 8
    patch = Image.new("L", (side, side))
    draw, middle, radius = ImageDraw.Draw(patch), side / 2, diameter / 2
    for reach, line in ((1.0, 0.022), (0.93, 0.01), (0.6, 0.01)):
        ring = [middle - radius * reach, middle - radius * reach, middle + radius * reach, middle + radius * reach]
        draw.ellipse(ring, outline=255, width=max(1, round(diameter * line)))
    if star:
        _star(draw, middle, radius * 0.3)
    _round_text(patch, text, radius * 0.765, max(8, diameter // 13), book, span=300)
    patch = _uneven(patch.rotate(rng.uniform(-14, 14), Image.Resampling.BICUBIC), rng, floor=0.35)
    return _merge(plane, patch, (round(centre[0] - side / 2), round(centre[1] - side / 2)))


def _curve(points: NDArray[np.float32], steps: int) -> list[tuple[float, float]]:
    """A smooth line through loose points (Catmull-Rom)."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    runs = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        runs.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return [(float(x), float(y)) for x, y in np.concatenate(runs)]


def signature(plane: Image.Image, centre: tuple[float, float], width: int, rng: np.random.Generator) -> None:
    """A signature: waves that run to the right and end in a flourish; ``width`` in pixels."""
    count = int(rng.integers(9, 14))
    x = np.linspace(-0.5, 0.35, count) + rng.normal(0, 0.035, count)
    y = np.where(np.arange(count) % 2 == 0, 1, -1) * rng.uniform(0.05, 0.24, count) * np.linspace(1, 0.35, count)
    tail = np.array([[0.55, -0.05], [-0.35, 0.2], [0.5, 0.13 + rng.normal(0, 0.04)]])
    points = np.concatenate([np.stack([x, y], 1), tail]) * width + np.array(centre)
    curve = _curve(points.astype(np.float32), 24)
    ImageDraw.Draw(plane).line(curve, fill=225, width=max(2, width // 110), joint="curve")


def folio(
    plane: Image.Image, corner: tuple[float, float], number: int, em: int, book: FontBook, rng: np.random.Generator
) -> None:
    """The pencilled folio number (bút lục), its right end at the corner."""
    font = book.font("hand", em)
    patch = Image.new("L", (4 * em, 2 * em))
    ImageDraw.Draw(patch).text((3.2 * em, 1.4 * em), str(number), fill=200, font=font, anchor="rs")
    patch = _uneven(patch.rotate(rng.normal(2, 4), Image.Resampling.BICUBIC), rng, floor=0.6)
    _merge(plane, patch, (round(corner[0] - 3.2 * em), round(corner[1] - 1.4 * em)))


def postmark(
    plane: Image.Image, centre: tuple[float, float], diameter: int, text: str, book: FontBook, rng: np.random.Generator
) -> None:
    """A round date stamp with wavy lines of cancellation."""
    side = int(diameter * 2.4)
    patch = Image.new("L", (side, side))
    draw, middle, radius = ImageDraw.Draw(patch), side / 2, diameter / 2
    draw.ellipse([middle - radius] * 2 + [middle + radius] * 2, outline=255, width=max(1, diameter // 40))
    place, day = text.split("|")
    draw.text((middle, middle), day, fill=255, font=book.font("tinos", diameter // 7, bold=True), anchor="mm")
    _round_text(patch, place, radius * 0.76, diameter // 9, book, span=200)
    for row in range(5):
        level = middle - radius * (0.6 - row * 0.3)
        steps = range(0, int(diameter * 0.65), 3)
        waves = [(middle + radius + step, level + radius * 0.07 * math.sin(step / 14)) for step in steps]
        draw.line(waves, fill=255, width=max(1, diameter // 50))
    patch = _uneven(patch.rotate(rng.uniform(-10, 10), Image.Resampling.BICUBIC), rng, floor=0.2)
    _merge(plane, patch, (round(centre[0] - side / 2), round(centre[1] - side / 2)))
