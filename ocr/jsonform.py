"""The JSON form of ``ocr --format json``, which scripts rely on."""

from __future__ import annotations

from typing import Any

from core.model import RecognizedPage


def page_json(page: RecognizedPage, image: str) -> dict[str, Any]:
    """One entry of ``pages``: boxes in pixels of the image given, confidences and quality 0–1 with four decimals."""
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
        "lines": [
            {
                "text": line.text,
                "box": list(line.box),
                "confidence": round(line.confidence, 4),
                "words": [
                    {"text": word.text, "box": list(word.box), "confidence": round(word.confidence, 4)}
                    for word in line.words
                ],
            }
            for line in page.lines
        ],
    }
