"""Reads the folio of a page: figures by pencil, pen, stamp or type in its upper right corner."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scanner.folios.corner import find_corner
from scanner.folios.decoding import readings
from scanner.folios.folio import Folio
from scanner.folios.strip import batch_of, strip_of

if TYPE_CHECKING:
    from imaging.network import Network

_WEIGHTS = Path(__file__).with_name("weights") / "folios.onnx"
_MOST = 4


def read_folios(raster: NDArray[np.uint8], dpi: float) -> tuple[Folio, ...]:
    """What the folio of a page may be, the likeliest first; empty where nothing in the corner is a number by itself.

    Args:
        raster: H×W or H×W×3 RGB, ``uint8``, upright.
        dpi: its resolution.

    Raises:
        MissingToolError: the weights are missing: the installation is damaged.
    """
    corner = find_corner(raster, dpi)
    if not corner.boxes:
        return ()
    strips = [strip_of(corner.light, box) for box in corner.boxes]
    scores = _network().run(batch_of(strips))
    found = []
    for box, strip, logs in zip(corner.boxes, strips, scores, strict=True):
        aspect = (box[2] - box[0]) / (box[3] - box[1])
        for value, share in readings(logs[: max(1, strip.shape[1] // 2)], aspect):
            found.append(Folio(value, round(min(share, 1.0), 3), corner.on_page(box)))
    return tuple(sorted(found, key=lambda folio: -folio.confidence)[:_MOST])


@cache
def _network() -> Network:
    from imaging.network import Network  # what only looks at batches is not to wait for ONNX Runtime

    return Network(_WEIGHTS)
