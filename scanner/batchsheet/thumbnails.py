"""Small grey pictures of pages, made a few at a time so that memory does not grow with their number."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2

from core.errors import ButlucError
from core.model import PageImage
from imaging.limits import Limits
from imaging.raster import load_thumbnail

_QUALITY = 75


def thumbnails(
    pages: Sequence[tuple[PageImage, int]], tell: Callable[[int, int], None]
) -> Iterator[bytes | ButlucError]:
    """Of each page with its longest side in pixels a JPEG in grey, in order, or why there is none.

    Args:
        pages: with the longest side wanted of each.
        tell: is told after each how many are made, of how many.
    """
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        for count, made in enumerate(pool.map(_thumbnail, pages), 1):
            tell(count, len(pages))
            yield made


def _thumbnail(wanted: tuple[PageImage, int]) -> bytes | ButlucError:
    page, longest = wanted
    try:
        raster = load_thumbnail(page, longest, limits=Limits(max_pixels=page.width * page.height))
    except ButlucError as err:
        return err
    grey = cv2.cvtColor(raster, cv2.COLOR_RGB2GRAY)
    return bytes(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])
