"""Handwriting that nobody can read, and photographs that show nobody."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Box = tuple[int, int, int, int]


def write_line(page: Image.Image, corner: tuple[int, int], width: int, size: int, rng: np.random.Generator) -> Box:
    """Joined loops and strokes in words, from ``corner`` (left end of the baseline) on; the box that they fill."""
    x, baseline = corner[0], corner[1]
    spots: list[tuple[float, float]] = []
    while x < corner[0] + width:
        word = _word(int(rng.integers(2, 7)), size, rng)
        placed = [(x + u, baseline - v + u * 0.01) for u, v in word]
        ImageDraw.Draw(page).line(placed, fill=40, width=max(2, size // 9), joint="curve")
        spots += placed
        x = int(max(u for u, _ in placed)) + round(size * rng.uniform(0.5, 0.9))
    xs, ys = zip(*spots, strict=True)
    return int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1


def _word(letters: int, size: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """A curve through the corners of letters, slanting to the right."""
    corners = [(0.0, 0.0)]
    for letter in range(letters):
        left, tall = letter * 0.75 * size, rng.random() < 0.25
        top = size * (1.7 if tall else rng.uniform(0.8, 1.1))
        foot = -0.6 * size if rng.random() < 0.15 else 0.0
        places = [(0.1, 0.5), (0.45, 1.0), (0.15, 0.6), (0.2, 0.05), (0.55, 0.3), (0.7, 0.05)]
        for share, height in places:
            wobble = rng.normal(0, 0.06 * size, 2)
            y = foot if height == 0.05 and rng.random() < 0.3 else height * top
            corners.append((left + share * size + wobble[0], y + wobble[1]))
    curve = np.array(corners)
    steps = np.linspace(0, len(curve) - 1, 10 * len(curve))
    knots = np.arange(len(curve))
    smooth = np.stack([np.interp(steps, knots, curve[:, axis]) for axis in (0, 1)])
    kernel = np.ones(9) / 9
    x, y = (np.convolve(np.pad(row, 4, mode="edge"), kernel, mode="valid") for row in smooth)
    return [(float(u + 0.2 * v), float(v)) for u, v in zip(x, y, strict=True)]


def photograph(width: int, height: int, rng: np.random.Generator, *, halftone: bool) -> NDArray[np.uint8]:
    """Head and shoulders before a wall, H×W; ``halftone`` prints it in dots."""
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width])[:, None, None]
    grey = 200 - 70 * y + rng.normal(0, 6, (height, width))
    grey[((x - 0.5) / 0.26) ** 2 + ((y - 0.42) / 0.3) ** 2 < 1] = 155
    grey[(((x - 0.5) / 0.3) ** 2 + ((y - 0.25) / 0.2) ** 2 < 1) & (y < 0.3)] = 45
    grey[((x - 0.5) / 0.55) ** 2 + ((y - 1.1) / 0.42) ** 2 < 1] = 60
    if halftone:
        across, down = np.meshgrid(np.arange(width), np.arange(height))
        screen = (np.cos((across + down) * 0.74) + np.cos((across - down) * 0.74)) / 4 + 0.5
        grey = np.where(grey / 255 > screen, 250.0, 30.0)
    return np.clip(grey, 0, 255).astype(np.uint8)
