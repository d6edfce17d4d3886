"""What stands on pages and is not text: signatures, scribbles, hatching, pictures, seals."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ocr.training.chance import Plane
from ocr.training.composing import Box, Composer

_SEAL_LETTERS = 26
_TILE = 40


def rule(page: Composer, centre: float, row: float, half: float) -> None:
    """A short rule below a head."""
    page.canvas.draw.line((centre - half, row, centre + half, row), fill=page.shade, width=page.chance.randint(1, 2))


def squiggle(page: Composer, centre: tuple[float, float], reach: float) -> None:
    """A signature or a scribbled note: one to four strokes of a pen."""
    chance = page.chance
    shade, width = chance.randint(0, 150), chance.randint(1, 4)
    for _ in range(chance.randint(1, 4)):
        steps = np.cumsum(chance.planes.normal(0, 1, (chance.randint(4, 14), 2)), axis=0)
        steps = (steps - steps.mean(axis=0)) / (np.abs(steps).max() + 1e-6)
        points = steps * (reach, reach * chance.uniform(0.15, 0.6)) + centre
        page.canvas.draw.line(_smooth(points), fill=shade, width=width, joint="curve")


def handwriting(page: Composer, box: Box) -> None:
    """Lines of a hand that nobody can read: loops along a slightly rising line."""
    chance = page.chance
    shade, width, height = chance.randint(20, 150), chance.randint(1, 3), chance.uniform(8, 22)
    row = box.top + height
    while row < box.bottom:
        left = box.left + chance.uniform(0, 0.3) * box.width
        while left < box.right - 30:
            length = chance.uniform(20, 110)
            count = max(4, int(length / height * 3))
            x = np.linspace(left, left + length, count) + chance.planes.normal(0, height * 0.18, count)
            swing = np.where(np.arange(count) % 2 == 0, -1.0, 0.15) * height * chance.planes.uniform(0.3, 1.1, count)
            page.canvas.draw.line(_smooth(np.stack([x, row + swing], 1)), fill=shade, width=width, joint="curve")
            left += length + chance.uniform(0.5, 1.2) * height
        row += height * chance.uniform(1.8, 3)


def _smooth(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[tuple[float, float]]:
    """A flowing curve near the points."""
    steps = np.linspace(0, len(points) - 1, len(points) * 8)
    axis = np.arange(len(points))
    curve = np.stack([np.interp(steps, axis, points[:, 0]), np.interp(steps, axis, points[:, 1])], 1)
    soft = np.asarray(cv2.GaussianBlur(curve, (1, 9), 3))
    return [(float(x), float(y)) for x, y in soft]


def hatching(page: Composer, box: Box) -> None:
    """Parallel strokes, as in maps, crossed-out areas and security prints."""
    chance = page.chance
    pitch, slant = chance.uniform(5, 18), chance.choice((0.0, 1.0, -1.0, chance.uniform(-2, 2)))
    height = box.bottom - box.top
    for start in np.arange(box.left - abs(slant) * height, box.right + abs(slant) * height, pitch):
        ends = np.clip([start, start + slant * height], box.left, box.right)
        page.canvas.draw.line((ends[0], box.top, ends[1], box.bottom), fill=page.shade, width=chance.randint(1, 2))
    page.canvas.draw.rectangle((box.left, box.top, box.right, box.bottom), outline=page.shade)


def halftone(page: Composer, box: Box) -> None:
    """A photograph: soft tones, grainy, or broken into printing dots."""
    chance = page.chance
    width, height = int(box.width), int(box.bottom - box.top)
    tones = chance.field((height, width), (chance.randint(3, 14), chance.randint(3, 20)), 0, 255)
    if chance.hit(0.5):
        tones = tones + chance.noise((height, width)) * chance.uniform(5, 40)
    elif chance.hit(0.7):
        pitch = chance.uniform(3, 7)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        dots = np.cos(math.tau * (x + y) / pitch / 1.4) + np.cos(math.tau * (x - y) / pitch / 1.4)
        tones = np.where(tones + 64 * dots > 128, 255, 0).astype(np.float32)
    picture = Image.fromarray(np.clip(tones, 0, 255).astype(np.uint8))
    page.canvas.image.paste(picture, (int(box.left), int(box.top)))


def drawing(page: Composer, box: Box) -> None:
    """A sketch or chart: discs, frames and bars."""
    chance = page.chance
    count = chance.randint(3, 12)
    step, height = box.width / count, box.bottom - box.top
    for number in range(count):
        left = box.left + step * number
        fill = chance.choice((None, chance.randint(0, 200)))
        radius = min(0.3 * step, 0.15 * height)
        middle = left + step / 2
        page.canvas.draw.ellipse(
            (middle - radius, box.top, middle + radius, box.top + 2 * radius), fill=fill, outline=page.shade, width=2
        )
        top = box.bottom - height * chance.uniform(0.1, 0.6)
        page.canvas.draw.rectangle(
            (left + 0.2 * step, top, left + 0.8 * step, box.bottom), fill=fill, outline=page.shade, width=2
        )


def sealed(page: Composer, plane: Plane, centre: tuple[float, float], radius: float) -> None:
    """Presses a seal onto a grey page, in place: round with letters around a star, or a framed stamp."""
    chance = page.chance
    side = int(2.4 * radius)
    tile = Image.new("L", (side, side), 0)
    (_round_seal if chance.hit(0.8) else _framed_stamp)(page, tile, radius)
    ink = np.asarray(tile.rotate(chance.uniform(-40, 40)), np.float32) / 255 * chance.uniform(0.3, 0.8)
    if chance.hit(0.5):
        ink = ink * np.clip(chance.field((side, side), (5, 5), 0.2, 1.1), 0, 1)
    left, top = int(centre[0] - side / 2), int(centre[1] - side / 2)
    x0, x1 = max(0, left), min(plane.shape[1], left + side)
    y0, y1 = max(0, top), min(plane.shape[0], top + side)
    if x0 < x1 and y0 < y1:
        plane[y0:y1, x0:x1] *= 1 - ink[y0 - top : y1 - top, x0 - left : x1 - left]


def _round_seal(page: Composer, tile: Image.Image, radius: float) -> None:
    chance, draw, middle = page.chance, ImageDraw.Draw(tile), tile.width / 2
    for share, width in ((1.0, chance.randint(2, 5)), (0.93, 1), (0.6, chance.randint(1, 2))):
        reach = radius * share
        draw.ellipse((middle - reach, middle - reach, middle + reach, middle + reach), outline=255, width=width)
    font = page.kind(1, 0.2 * radius / page.em).font
    for place, letter in enumerate(" ".join(page.words(6, 6)).upper()[:_SEAL_LETTERS]):
        angle = math.pi * (1.5 * place / _SEAL_LETTERS - 1.25)
        mark = Image.new("L", (_TILE, _TILE), 0)
        ImageDraw.Draw(mark).text((_TILE // 2, _TILE // 2), letter, font=font, fill=255, anchor="mm")
        mark = mark.rotate(-math.degrees(angle) - 90)
        x, y = (int(middle + 0.77 * radius * turn - _TILE / 2) for turn in (math.cos(angle), math.sin(angle)))
        tile.paste(255, (x, y), mark)
    points = []
    for corner in range(10):
        reach, angle = radius * (0.45 if corner % 2 == 0 else 0.18), math.pi * (corner / 5 - 0.5)
        points.append((middle + reach * math.cos(angle), middle + reach * math.sin(angle)))
    draw.polygon(points, fill=chance.choice((255, None)), outline=255)


def _framed_stamp(page: Composer, tile: Image.Image, radius: float) -> None:
    draw, middle = ImageDraw.Draw(tile), tile.width / 2
    frame = (middle - radius, middle - 0.5 * radius, middle + radius, middle + 0.5 * radius)
    draw.rectangle(frame, outline=255, width=page.chance.randint(2, 5))
    font = page.kind(1, 0.28 * radius / page.em).font
    for row in (-0.2, 0.2):
        words = " ".join(page.words(3, 3)).upper()[:11]
        draw.text((middle, middle + row * radius), words, font=font, fill=255, anchor="mm")
