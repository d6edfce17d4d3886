"""What goes wrong at a scanner, done to a good page: RGB ``(height, width, 3)`` ``uint8`` in and out.

Lengths are in millimetres; ``dpi`` is the page's resolution. ``ground`` is the grey of what lies around the sheet.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.ageing import AgeingRecipe, age, skew_matrix

Picture = NDArray[np.uint8]

FRESH = AgeingRecipe((244, 240, 230), 0.08, 0.08, 0.05, 0.08, 0.03, 0, 0.0, 0, 0.05, 2.0, 0.1, 0.4, 92)
"""Office paper of today on a good scanner."""


def scanned(page: Picture, seed: int) -> Picture:
    """A clean page as a good scanner takes it."""
    return age(page, FRESH, seed)


def blurred(page: Picture, dpi: float, sigma: float) -> Picture:
    """Out of focus: a Gaussian of deviation ``sigma``."""
    return _noisy(cv2.GaussianBlur(page, (0, 0), max(0.1, sigma / 25.4 * dpi)))


def smeared(page: Picture, dpi: float, length: float) -> Picture:
    """Moved along the feed by ``length`` while it was taken."""
    return _noisy(cv2.blur(page, (1, max(1, round(length / 25.4 * dpi)))))


def shifted(page: Picture, dpi: float, right: float, down: float, ground: int = 250) -> Picture:
    """Laid beside its place, so that a part lies outside the picture."""
    height, width = page.shape[:2]
    move = np.array([[1, 0, right / 25.4 * dpi], [0, 1, down / 25.4 * dpi]], np.float64)
    return np.asarray(cv2.warpAffine(page, move, (width, height), borderValue=(ground,) * 3), np.uint8)


def turned(page: Picture, degrees: float, ground: int = 40) -> Picture:
    """Laid at an angle, in a picture of the paper's size."""
    matrix, size = skew_matrix((page.shape[0], page.shape[1]), degrees), (page.shape[1], page.shape[0])
    return np.asarray(cv2.warpAffine(page, matrix, size, borderValue=(ground,) * 3), np.uint8)


def on_ground(page: Picture, dpi: float, margin: float, ground: int = 40) -> Picture:
    """In a picture larger than the sheet on all sides."""
    wide = round(margin / 25.4 * dpi)
    padded = cv2.copyMakeBorder(page, wide, wide, wide, wide, cv2.BORDER_CONSTANT, value=(ground,) * 3)
    return _noisy(np.asarray(padded, np.uint8))


def exposed(page: Picture, gain: float) -> Picture:
    """Too much (gain over 1) or too little light, clipped at white."""
    return np.asarray(np.clip(page.astype(np.float32) * gain, 0, 255).round(), np.uint8)


def cornered(page: Picture, dpi: float, leg: float, ground: int, *, folded: bool) -> Picture:
    """The upper right corner folded over (its back lies on the page, with a shadow at the crease) or missing."""
    height, width = page.shape[:2]
    size = round(leg / 25.4 * dpi)
    y, x = np.mgrid[0:size, 0:size]
    result = page.copy()
    patch = result[:size, width - size :]
    beyond = x > y  # the crease runs from the patch's upper left to its lower right
    if folded:
        back = np.percentile(page, 85, axis=(0, 1)) * 0.96
        flap = back * (1 - 0.45 * np.exp(-(y - x) / (0.5 / 25.4 * dpi)))[..., None]
        patch[~beyond] = np.clip(flap, 0, 255).astype(np.uint8)[~beyond]
    patch[beyond] = ground
    return _noisy(result)


def streaked(page: Picture, dpi: float, at: float, width: float, percent: float) -> Picture:
    """A line along the feed that takes (or, below zero, adds) a share of the light."""
    result = page.astype(np.float32)
    left, wide = round(at / 25.4 * dpi), max(1, round(width / 25.4 * dpi))
    result[:, left : left + wide] *= 1 - percent / 100
    return np.clip(result, 0, 255).round().astype(np.uint8)


def overlapping(first: Picture, second: Picture, dpi: float, shift: float, shadow: float = 0.3) -> Picture:
    """Two sheets fed at once, the second ``shift`` behind the first, which hides the rest of it."""
    below, soft = round(shift / 25.4 * dpi), 0.4 / 25.4 * dpi
    tail = second[-below:].astype(np.float32)
    distance = np.arange(below, dtype=np.float32)[:, None, None]
    tail *= 1 - shadow * np.exp(-distance / soft)
    return np.concatenate([first, np.clip(tail, 0, 255).round().astype(np.uint8)])


def second_tone(page: Picture, dpi: float, at: float, percent: float) -> Picture:
    """From ``at`` below the top on, another sheet of a paper that gives back less light."""
    result = page.astype(np.float32)
    result[round(at / 25.4 * dpi) :] *= 1 - percent / 100
    return np.clip(result, 0, 255).round().astype(np.uint8)


def _noisy(page: object) -> Picture:
    """With the noise of a sensor, which no blur before it takes away."""
    pixels = np.asarray(page, np.float32)
    noise = np.random.default_rng(0).normal(0, 1.5, pixels.shape[:2]).astype(np.float32)
    return np.asarray(np.clip(pixels + noise[..., None], 0, 255).round(), np.uint8)
