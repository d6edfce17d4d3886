"""The JSON form of ``ocr --format json``, which scripts rely on."""

from __future__ import annotations

from typing import Any

from core.model import Line, RecognizedPage, Region, Word


def page_json(page: RecognizedPage, image: str) -> dict[str, Any]:
    """One entry of ``pages``: boxes and polygons in pixels of the image given, confidences and quality 0–1.

    Confidences have four decimals, those of letters one. ``lines`` of a region are indices of the page's lines.
    """
    return {
        "image": image,
        "width": page.width,
        "height": page.height,
        "rotation": page.rotation,
        "angle": page.angle,
        "quality": page.quality,
        "language": page.language,
        "engine": page.engine,
        "text": page.text,
        "lines": [_line_json(line, page) for line in page.lines],
        "regions": [_region_json(region) for region in page.regions],
        "recipe": dict(page.recipe),
    }


def _line_json(line: Line, page: RecognizedPage) -> dict[str, Any]:
    return {
        "text": line.text,
        "box": list(line.box),
        "polygon": [list(corner) for corner in line.polygon],
        "baseline": list(line.baseline),
        "confidence": round(line.confidence, 4),
        "language": line.language,
        "engine": line.engine or page.engine,
        "words": [_word_json(word) for word in line.words],
    }


def _word_json(word: Word) -> dict[str, Any]:
    return {
        "text": word.text,
        "box": list(word.box),
        "confidence": round(word.confidence, 4),
        "letters": list(word.letters),
    }


def _region_json(region: Region) -> dict[str, Any]:
    return {
        "kind": region.kind.value,
        "box": list(region.box),
        "polygon": [list(corner) for corner in region.polygon],
        "lines": list(range(region.first, region.first + region.count)),
    }
