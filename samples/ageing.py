"""Ages a clean page: RGB ``(height, width, 3)`` ``uint8`` in, the same shape and type out.

Ink effects work on the *ink*: the share of light taken away, ``float32`` 0 to 1. Sheet effects work on the *sheet*:
reflected light, ``float32`` 0 to 1. Lengths are in millimetres on a page as wide as A4, so that a recipe looks the same
at every resolution. Every choice comes from the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
A4_WIDTH_MM = 210.0


@dataclass(frozen=True, slots=True)
class AgeingRecipe:
    """What the years and the scanner did.

    Attributes:
        tint: colour of the paper, RGB 0 to 255.
        light_drop: share of the light that is lost at the darkest place (uneven light, browned paper), 0 to 1.
        fading: share of the ink that is lost everywhere, 0 to 1.
        fading_patches: further share lost in the most faded patches, 0 to 1.
        wear: share of the strokes' grain that worn type leaves out, 0 to 1.
        show_through: share of the back's ink that is seen through the paper, 0 to 1.
        stains: number of stains.
        stain_depth: share of light that the heart of a stain takes, 0 to 1.
        folds: number of folds across the sheet.
        blur: standard deviation of the scanner's blur, in millimetres.
        noise: standard deviation of the sensor's noise, in grey levels of 255.
        lid_edge: width of the dark edge of the lid, in millimetres.
        skew: greatest angle at which the sheet lay, in degrees.
        jpeg_quality: quality of the JPEG compression, 1 to 100.
    """

    tint: tuple[int, int, int]
    light_drop: float
    fading: float
    fading_patches: float
    wear: float
    show_through: float
    stains: int
    stain_depth: float
    folds: int
    blur: float
    noise: float
    lid_edge: float
    skew: float
    jpeg_quality: int


RECIPES: Mapping[str, AgeingRecipe] = {
    "office-1996": AgeingRecipe((243, 238, 222), 0.64, 0.40, 0.18, 0.16, 0.06, 2, 0.10, 1, 0.07, 2.4, 3.0, 1.5, 62),
    "worn-1987": AgeingRecipe((232, 216, 184), 0.64, 0.38, 0.20, 0.20, 0.09, 4, 0.16, 2, 0.075, 2.8, 3.6, 2.5, 60),
    "colonial-1934": AgeingRecipe((222, 198, 154), 0.62, 0.38, 0.20, 0.22, 0.08, 7, 0.22, 2, 0.08, 3.0, 4.0, 2.0, 60),
    "heavy": AgeingRecipe((218, 196, 158), 0.68, 0.44, 0.26, 0.32, 0.13, 8, 0.26, 3, 0.09, 3.4, 6.0, 3.0, 56),
}


def _field(rng: np.random.Generator, shape: tuple[int, int], rows: int, columns: int) -> Plane:
    """A soft random field between 0 and 1 over the page."""
    return np.clip(_resized(rng.uniform(0, 1, (rows, columns)), shape, cv2.INTER_CUBIC), 0, 1)


def _grain(rng: np.random.Generator, shape: tuple[int, int], softness: float) -> Plane:
    """Soft noise of unit deviation, made at half size; softness in pixels of that."""
    noise = rng.normal(0, 1, (shape[0] // 2 + 1, shape[1] // 2 + 1)).astype(np.float32)
    noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), softness), np.float32)
    return _resized(noise / noise.std(), shape)


def _axes(height: int, width: int) -> tuple[Plane, Plane]:
    """The row numbers as a column and the column numbers as a row."""
    return np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None, :]


def _resized(plane: NDArray[np.generic], shape: tuple[int, int], interpolation: int = cv2.INTER_LINEAR) -> Plane:
    return np.asarray(cv2.resize(plane.astype(np.float32), shape[::-1], interpolation=interpolation), np.float32)


def _pixels(millimetres: float, width: int) -> float:
    return millimetres * width / A4_WIDTH_MM


def worn_type(ink: Plane, wear: float, rng: np.random.Generator) -> Plane:
    """Strokes with pin-holes and thin places."""
    height, width = ink.shape[:2]
    grain = _grain(rng, (height, width), max(0.3, _pixels(0.1, width)))
    holes = np.clip((grain - 0.7) * 1.4, 0, 1)
    return np.asarray(ink * (1 - wear * holes)[..., None], np.float32)


def faded(ink: Plane, everywhere: float, patches: float, rng: np.random.Generator) -> Plane:
    """Ink that has grown pale: everywhere, and more so in soft patches."""
    field = _field(rng, ink.shape[:2], 7, 5)
    return np.asarray(ink * ((1 - everywhere) * (1 - patches * field))[..., None], np.float32)


def show_through(ink: Plane, back: Plane, strength: float) -> Plane:
    """The mirrored, softened ink of the back added to that of the front."""
    height, width = ink.shape[:2]
    ghost = back[:, ::-1].mean(axis=2, dtype=np.float32)
    ghost = _resized(cv2.GaussianBlur(ghost, (0, 0), max(0.3, _pixels(0.22, width))), (height, width))
    return np.asarray(1 - (1 - ink) * (1 - strength * ghost)[..., None], np.float32)


def paper(shape: tuple[int, int], tint: tuple[int, int, int], rng: np.random.Generator) -> Plane:
    """Yellowed paper: the tint, a soft unevenness, fibres, and browner margins."""
    height, width = shape
    fibres = _grain(rng, shape, 2.2)
    mottle = _field(rng, shape, 17, 12)
    y, x = _axes(height, width)
    margin = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    brown = np.exp(-margin / _pixels(9 + 6 * rng.random(), width))[..., None] * (0.4 + 0.6 * mottle[..., None])
    browning = np.array([0.10, 0.16, 0.28], np.float32)
    sheet = np.array(tint, np.float32) / 255 * (1 + 0.006 * fibres + 0.03 * (mottle - 0.5))[..., None]
    return np.asarray(np.clip(sheet * (1 - browning * brown), 0, 1), np.float32)


def stained(sheet: Plane, count: int, depth: float, rng: np.random.Generator) -> Plane:
    """Water and rust stains: ragged patches with a darker rim."""
    height, width = sheet.shape[:2]
    result = sheet.copy()
    for _ in range(count):
        reach = int(_pixels(rng.choice([3, 6, 14, 26]) * rng.uniform(0.6, 1.3), width)) + 2
        cx, cy = int(rng.integers(0, width)), int(rng.integers(0, height))
        x0, x1, y0, y1 = max(0, cx - reach), min(width, cx + reach), max(0, cy - reach), min(height, cy + reach)
        y, x = _axes(y1 - y0, x1 - x0)
        ragged = 0.45 * (_field(rng, (y1 - y0, x1 - x0), 5, 5) - 0.5)
        distance = np.hypot(x + float(x0 - cx), (y + float(y0 - cy)) * rng.uniform(0.9, 1.5)) / reach + ragged
        body = np.clip((0.75 - distance) * 8, 0, 1) * 0.45
        rim = np.exp(-(((distance - 0.70) / 0.06) ** 2)) * 0.55
        colour = np.array([0.55, 0.8, 1.15], np.float32) * depth * rng.uniform(0.5, 1.0)
        result[y0:y1, x0:x1] *= 1 - (body + rim)[..., None] * colour
    return np.asarray(np.clip(result, 0, 1), np.float32)


def folded(sheet: Plane, count: int, rng: np.random.Generator) -> Plane:
    """Folds across the sheet: a bright broken crest beside a soft shadow."""
    height, width = sheet.shape[:2]
    y, x = _axes(height, width)
    shade = np.ones((height, width), np.float32)
    for number in range(count):
        share = (0.5, 0.34, 0.67)[number % 3] + rng.normal(0, 0.008)
        across = number % 3 != 1
        run, line = (x, y) if across else (y, x)
        length = height if across else width
        distance = line - (share * length + rng.normal(0, 0.004) * run)
        shadow = np.exp(-np.abs(distance + _pixels(1.2, width)) / _pixels(2.2, width)) * 0.07
        crest = np.exp(-((distance / _pixels(0.16, width)) ** 2)) * rng.uniform(-0.18, -0.10)
        shade *= 1 - shadow + crest * (0.5 + 0.5 * _field(rng, (height, width), 40, 30))
    return np.asarray(np.clip(sheet * shade[..., None], 0, 1), np.float32)


def skew_matrix(shape: tuple[int, int], degrees: float) -> NDArray[np.float64]:
    """The affine matrix that turns a page of (height, width) about its middle; positive is counter-clockwise."""
    height, width = shape
    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), np.float64)


def skewed(sheet: Plane, degrees: float, lid: float) -> Plane:
    """The sheet laid at an angle; beyond its edges lies the lid, of the given grey (0 to 1)."""
    height, width = sheet.shape[:2]
    matrix = skew_matrix((height, width), degrees)
    turned = cv2.warpAffine(sheet, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(lid, lid, lid))
    return np.asarray(np.clip(turned, 0, 1), np.float32)


def dark_edge(sheet: Plane, millimetres: float, rng: np.random.Generator) -> Plane:
    """The shadow of the lid along two edges of the picture."""
    height, width = sheet.shape[:2]
    y, x = _axes(height, width)
    shade = np.ones((height, width), np.float32)
    sides = (x if rng.random() < 0.5 else width - 1 - x, y if rng.random() < 0.5 else height - 1 - y)
    for distance, share in zip(sides, (1.0, 0.5), strict=True):
        reach = _pixels(millimetres * share * rng.uniform(0.8, 1.2), width)
        shade *= 1 - 0.425 * (1 - np.tanh((distance - reach) / max(1.0, reach * 0.44)))
    return np.asarray(sheet * shade[..., None], np.float32)


def unevenly_lit(sheet: Plane, drop: float, rng: np.random.Generator) -> Plane:
    """Light that falls off to one side and in soft clouds; the darkest place keeps ``1 - drop``."""
    height, width = sheet.shape[:2]
    y, x = _axes(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    slope = (x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle)
    slope = (slope - slope.min()) / (slope.max() - slope.min())
    cloud = 0.75 * slope + 0.25 * _field(rng, (height, width), 4, 3)
    cloud = (cloud - cloud.min()) / (cloud.max() - cloud.min())
    fall = np.array([0.94, 1.0, 1.06], np.float32) * drop
    return np.asarray(np.clip(sheet * (1 - cloud[..., None] * fall), 0, 1), np.float32)


def noisy(pixels: Plane, level: float, rng: np.random.Generator) -> Plane:
    """Grey noise of a scanner's sensor, slightly soft, in grey levels of 255."""
    height, width = pixels.shape[:2]
    noise = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 0.8)
    return np.asarray(pixels + (noise / float(noise.std()) * level / 255)[..., None], np.float32)


def compressed(image: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """The image after JPEG compression.

    Raises:
        ValueError: the image cannot be written as JPEG.
    """
    done, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"an image of shape {image.shape} cannot be compressed")
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def skew_degrees(recipe: AgeingRecipe, seed: int) -> float:
    """The angle at which ``age`` lays the sheet for this seed, in degrees; positive is counter-clockwise."""
    return float(np.random.default_rng([seed, 1]).uniform(-recipe.skew, recipe.skew))


def _ink(page: NDArray[np.uint8]) -> Plane:
    return np.asarray(1 - page.astype(np.float32) / 255, np.float32)


def age(
    page: NDArray[np.uint8], recipe: AgeingRecipe, seed: int, back: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """The page as printed, used, kept and scanned.

    Args:
        page: clean RGB page ``(height, width, 3)``.
        recipe: what happened to it.
        seed: of every random choice; the same seed gives the same pixels.
        back: the clean page on the back of the sheet; the page itself stands in for it unless given.

    Raises:
        ValueError: the page is not ``uint8`` RGB.
    """
    if page.dtype != np.uint8 or page.ndim != 3 or page.shape[2] != 3:
        raise ValueError(f"a page must be uint8 (height, width, 3), not {page.dtype} {page.shape}")
    rng = np.random.default_rng([seed, 0])
    width = page.shape[1]
    ink = faded(worn_type(_ink(page), recipe.wear, rng), recipe.fading, recipe.fading_patches, rng)
    ink = show_through(ink, _ink(page if back is None else back), recipe.show_through)
    sheet = paper(page.shape[:2], recipe.tint, rng) * (1 - ink)
    sheet = folded(stained(sheet, recipe.stains, recipe.stain_depth, rng), recipe.folds, rng)
    sheet = skewed(sheet, skew_degrees(recipe, seed), lid=0.3)
    sheet = unevenly_lit(dark_edge(sheet, recipe.lid_edge, rng), recipe.light_drop, rng)
    scanned = np.asarray(cv2.GaussianBlur(sheet, (0, 0), max(0.2, _pixels(recipe.blur, width))), np.float32)
    pixels = np.clip(noisy(scanned, recipe.noise, rng) * 255, 0, 255).round().astype(np.uint8)
    return compressed(pixels, recipe.jpeg_quality)
