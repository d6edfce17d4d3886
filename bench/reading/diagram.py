"""A reliability diagram as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from bench.reading.reliability import Bin

_SIDE, _MARGIN = 360, 56
_STEPS = 5
_TYPE = 'font-family="sans-serif" font-size="12"'
_GREATEST, _LEAST = 14.0, 2.5
"""Pixels: radius of the fullest bin and of the emptiest."""


def reliability_svg(filled: Sequence[Bin], title: str, predicted: str, measured: str) -> str:
    """Bins as discs whose area tells how much they hold, over the line of perfect prediction.

    Both axes begin below the smallest value that is shown, at a full tenth.
    """
    low = math.floor(min((min(one.predicted, one.measured) for one in filled), default=0.0) * 10) / 10
    low = min(low, 0.9)
    whole = _SIDE + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{whole}" {_TYPE}>',
        f'<rect width="{whole}" height="{whole}" fill="white"/>',
        f'<text x="{whole / 2}" y="24" text-anchor="middle" font-size="14">{escape(title)}</text>',
        *_axes(low, predicted, measured),
        *_discs(filled, low),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _place(value: float, low: float) -> float:
    """Pixels from the origin of an axis."""
    return (value - low) / (1 - low) * _SIDE


def _axes(low: float, predicted: str, measured: str) -> Iterator[str]:
    left, bottom = _MARGIN, _MARGIN + _SIDE
    yield f'<path d="M{left} {bottom} l{_SIDE} -{_SIDE}" stroke="#999" stroke-dasharray="4"/>'
    yield f'<rect x="{left}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="black"/>'
    for number in range(_STEPS + 1):
        value = low + (1 - low) * number / _STEPS
        way = _place(value, low)
        yield f'<text x="{left + way}" y="{bottom + 16}" text-anchor="middle">{value:.2f}</text>'
        yield f'<text x="{left - 6}" y="{bottom - way + 4}" text-anchor="end">{value:.2f}</text>'
    middle = _MARGIN + _SIDE / 2
    yield f'<text x="{middle}" y="{bottom + 40}" text-anchor="middle">{escape(predicted)}</text>'
    turned = f'transform="rotate(-90 14 {middle})"'
    yield f'<text x="14" y="{middle}" text-anchor="middle" {turned}>{escape(measured)}</text>'


def _discs(filled: Sequence[Bin], low: float) -> Iterator[str]:
    fullest = max((one.count for one in filled), default=1)
    for one in filled:
        x, y = _MARGIN + _place(one.predicted, low), _MARGIN + _SIDE - _place(one.measured, low)
        radius = max(_LEAST, _GREATEST * math.sqrt(one.count / fullest))
        hint = f"{one.count}: predicted {one.predicted:.3f}, measured {one.measured:.3f}"
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1f6f8b" fill-opacity="0.7">'
            f"<title>{hint}</title></circle>"
        )
