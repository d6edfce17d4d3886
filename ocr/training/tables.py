"""Tables, ruled and unruled."""

from __future__ import annotations

from itertools import accumulate

from ocr.training import text as texts
from ocr.training.composing import Box, Composer, Setting


def table(page: Composer, box: Box) -> float:
    """A table of 2 to 14 rows; cells hold numbers, marks, words or nothing."""
    chance = page.chance
    size = chance.uniform(0.6, 1)
    edges = _edges(page, box, size)
    ruled = chance.hit(0.8)
    pad = chance.randint(3, 10) if ruled else chance.randint(8, 12)
    shade, thick = chance.randint(0, 120), chance.randint(1, 2)
    kinds = [chance.choice(("number", "number", "mark", "words", "words", "words", "sum")) for _ in edges[1:]]
    rows = [box.top]
    for number in range(chance.randint(2, 14)):
        if rows[-1] > box.bottom - 2 * page.em:
            break
        merged = number > 0 and chance.hit(0.08)
        cells = [edges[0], edges[-1]] if merged else edges
        bottom = rows[-1] + 1.2 * page.em * size
        for place, (left, right) in enumerate(zip(cells, cells[1:], strict=False)):
            cell = Box(left + pad, rows[-1] + chance.uniform(0, 3), right - pad, box.bottom)
            kind = "words" if merged else "head" if number == 0 else kinds[place]
            bottom = max(bottom, _cell(page, cell, kind, size))
        rows.append(bottom + 0.6 * pad)
        if ruled:
            _uprights(page, cells, rows[-2:], shade, thick)
    if ruled:
        for row in rows:
            page.canvas.draw.line((edges[0], row, edges[-1], row), fill=shade, width=thick)
    return rows[-1] + 0.5 * page.em


def _edges(page: Composer, box: Box, size: float) -> list[float]:
    """Columns of unlike widths, none of them narrower than a few letters."""
    chance = page.chance
    most = max(2, min(9, int(box.width / (page.em * size * 3.5))))
    shares = [chance.choice((0.4, 0.6, 1, 1, 2, 4)) for _ in range(chance.randint(2, most))]
    least = 2.4 * page.em * size + 12
    widths = [max(least, box.width * share / sum(shares)) for share in shares]
    scale = box.width / sum(widths)
    return [box.left + edge for edge in accumulate((width * scale for width in widths), initial=0.0)]


def _cell(page: Composer, cell: Box, kind: str, size: float) -> float:
    chance = page.chance
    style, align = (1, "centre") if kind == "head" else (0, chance.choice(("left", "left", "justify", "centre")))
    if kind == "number":
        words, align = [str(chance.randint(1, 40))], "centre"
    elif kind == "mark":
        words, align = (["x"] if chance.hit(0.5) else []), "centre"
    elif kind == "sum":
        words, align = texts.number(chance).split(" ")[:2], "right"
    elif kind == "head":
        words = page.words(1, 5)
    else:
        words = page.words(1, _most_words(page, cell, size)) if chance.hit(0.9) else []
    return page.set(cell, words, Setting(style, size, align, leading=1.15)) if words else cell.top


def _most_words(page: Composer, cell: Box, size: float) -> int:
    """Few words for a narrow cell."""
    return max(2, int(page.chance.choice((0.3, 1, 2)) * cell.width / (page.em * size)))


def _uprights(page: Composer, edges: list[float], rows: list[float], shade: int, thick: int) -> None:
    for edge in edges:
        page.canvas.draw.line((edge, rows[0], edge, rows[1]), fill=shade, width=thick)
