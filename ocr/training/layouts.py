"""Blocks of office and court papers, and whole pages made of them.

A block sets itself from the top of a box on and gives the row below it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ocr.training import text as texts
from ocr.training.composing import Box, Composer, Setting
from ocr.training.marks import drawing, halftone, hatching, rule, squiggle
from ocr.training.tables import table

Block = Callable[[Composer, Box], float]

_BODIES = (Setting(), Setting(indent=30), Setting(align="left"), Setting(style=1), Setting(style=2))
_LEFT_HEADS = ("TÒA ÁN NHÂN DÂN", "VIỆN KIỂM SÁT NHÂN DÂN", "UBND TỈNH", "BỘ TƯ PHÁP", "CÔNG AN HUYỆN", "RÉSIDENCE DE")
_RIGHT_HEADS = (
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
    ("VIỆT NAM DÂN CHỦ CỘNG HÒA", "Độc lập - Tự do - Hạnh phúc"),
    ("RÉPUBLIQUE FRANÇAISE", "Liberté – Égalité – Fraternité"),
)


def paragraph(page: Composer, box: Box) -> float:
    """Running text."""
    return page.set(box, page.words(5, 90), page.chance.choice(_BODIES))


def heading(page: Composer, box: Box) -> float:
    """A line or two above a section."""
    chance = page.chance
    words = page.words(1, 14)
    if chance.hit(0.5):
        words = [word.upper() for word in words]
    setting = Setting(chance.choice((1, 1, 3)), chance.uniform(1, 1.25), chance.choice(("left", "left", "centre")))
    return page.set(box, words, replace(setting, underlined=chance.hit(0.15)))


def title(page: Composer, box: Box) -> float:
    """A title in capitals, at times very large or letter-spaced, with what it is about below."""
    chance = page.chance
    size = chance.uniform(1, 1.9) if chance.hit(0.7) else chance.uniform(2, 4.5)
    spacing = page.em * size * chance.uniform(0.1, 0.5) if chance.hit(0.25) else 0.0
    words = [word.upper() for word in page.words(1, 5 if size < 2 else 3)]
    row = page.set(box, words, Setting(1, size, "centre", spacing=spacing, leading=1.3))
    inset = chance.uniform(0.05, 0.2) * box.width
    inner = box.below(row).between(box.left + inset, box.right - inset)
    row = page.set(inner, page.words(4, 22), Setting(chance.choice((0, 1, 1, 2)), align="centre"))
    if chance.hit(0.6):
        rule(page, (box.left + box.right) / 2, row, chance.uniform(0.05, 0.15) * box.width)
        row += page.em * 0.6
    return row


def enumeration(page: Composer, box: Box) -> float:
    """Points with their marks, hanging or not."""
    chance = page.chance
    mark, hang = chance.choice("-+*•a1"), chance.hit(0.4)
    row = box.top
    for number in range(chance.randint(2, 8)):
        sign = {"a": "abcdđegh"[number] + ")", "1": f"{number + 1}."}.get(mark, mark)
        since = len(page.canvas.lines)
        if hang:
            inner = box.below(row).between(box.left + 1.6 * page.em, box.right)
            below = page.set(inner, page.words(2, 30))
            if len(page.canvas.lines) > since:
                first = page.canvas.lines[since]
                page.canvas.write((box.left, first.baseline), sign, page.kind(), page.shade, counts=False)
                page.canvas.lines[since] = replace(first, left=box.left)
            row = below
        else:
            row = page.set(box.below(row), [sign, *page.words(2, 30)], Setting(indent=chance.choice((0, 2 * page.em))))
        if row > box.bottom:
            break
    return row


def form(page: Composer, box: Box) -> float:
    """Labels with dotted leaders: empty, filled in, or leading to a page number."""
    kind = page.kind()
    pitch = max(page.pitch(kind), kind.x_height * 2)
    row = box.top
    for _ in range(page.chance.randint(2, 9)):
        row += pitch
        if row > box.bottom:
            break
        _form_line(page, box, row)
    return row + 0.4 * pitch


def _form_line(page: Composer, box: Box, row: float) -> None:
    chance, kind, since = page.chance, page.kind(), len(page.canvas.lines)
    label = (" ".join(page.words(1, 6))[: int(box.width / page.em)] or "Số") + ":"
    end = page.canvas.write((box.left, row), label, kind, page.shade)
    room, dot = box.right - end - 6, kind.font.getlength(".")
    what = chance.choice(("empty", "filled", "number", "field", "plain"))
    filling = " ".join(page.words(1, 4))[: max(1, int(room / page.em))]
    if what == "plain" or room < 4 * page.em:
        return
    if what == "number":
        filling = str(chance.randint(1, 300))
    place = box.right - kind.font.getlength(filling) if what == "number" else end + chance.uniform(0.5, 3) * page.em
    if what != "field":
        dots = int((place - end - 4 if what == "number" else room) / dot)
        page.canvas.write((end + 3, row), "." * max(0, dots), kind, page.shade, counts=False)
    if what == "field":
        place = max(end + 2.2 * page.em, (box.left + box.right) / 2)
        filling = filling[: max(1, int((box.right - place) / page.em))]
    if what != "empty":
        page.canvas.write((place, row - (0 if what == "number" else chance.uniform(0, 3))), filling, kind, page.shade)
        if what != "field":
            page.canvas.join_last(since)


def dark_box(page: Composer, box: Box) -> float:
    """A tinted or dark panel with light or dark letters, some of them small."""
    chance = page.chance
    dark, pad = chance.hit(0.7), chance.randint(5, 20)
    setting = Setting(
        chance.choice((0, 1, 1)), chance.uniform(0.6, 1.6), chance.choice(("left", "centre", "justify")),
        leading=chance.uniform(1.05, 1.5), shade=chance.randint(215, 255) if dark else page.shade,
    )  # fmt: skip
    words = page.words(2, 20)
    kind = page.kind(setting.style, setting.size)
    length = sum(kind.font.getlength(word) + kind.space for word in words)
    rows = int(length / max(60, box.width - 2 * pad)) + 2
    height = min(rows * page.pitch(kind, setting.leading) + 2 * pad, box.bottom - box.top)
    if height < 2 * pad + page.em:
        return box.bottom
    fill = chance.randint(10, 140) if dark else chance.randint(170, 240)
    page.canvas.draw.rectangle((box.left, box.top, box.right, box.top + height), fill=fill)
    page.set(Box(box.left + pad, box.top + pad, box.right - pad, box.top + height - pad), words, setting)
    return box.top + height + 0.6 * page.em


def figure(page: Composer, box: Box) -> float:
    """A picture without text: photograph, halftone, hatching, line drawing."""
    chance = page.chance
    height = min(box.bottom - box.top, chance.uniform(60, 320))
    if height < 30:
        return box.bottom
    width = box.width * chance.uniform(0.3, 1)
    left = chance.uniform(box.left, box.right - width)
    area = Box(left, box.top, left + width, box.top + height)
    chance.choice((halftone, halftone, hatching, drawing))(page, area)
    return area.bottom + page.em


def columns(page: Composer, box: Box) -> float:
    """Two or three columns of text."""
    chance = page.chance
    count = chance.choice((2, 2, 3)) if box.width > 600 else 2
    gap = chance.uniform(0.8, 2.5) * page.em
    width = (box.width - gap * (count - 1)) / count
    bottom = min(box.bottom, box.top + chance.uniform(150, 900))
    em, page.em = page.em, max(12, page.em * chance.uniform(0.7, 1))
    for number in range(count):
        left = box.left + number * (width + gap)
        flow(
            page,
            Box(left, box.top + chance.choice((0, chance.uniform(0, 12))), left + width, bottom),
            {paragraph: 6, heading: 2, enumeration: 1, figure: 1},
        )
    page.em = em
    return bottom


def margin_notes(page: Composer, box: Box) -> float:
    """A narrow column of small notes beside the text."""
    chance = page.chance
    width, gap = chance.uniform(0.12, 0.25) * box.width, chance.uniform(0.7, 1.6) * page.em
    bottom = min(box.bottom, box.top + chance.uniform(120, 500))
    notes = Box(box.left, box.top, box.left + width, (box.top + bottom) / 2)
    page.set(notes, page.words(3, 30), Setting(align="left", size=0.75))
    return flow(page, Box(notes.right + gap, box.top, box.right, bottom), {paragraph: 2, heading: 1})


def signatures(page: Composer, box: Box) -> float:
    """Recipients on the left, the signer on the right: office, seal and signature, name."""
    chance = page.chance
    middle = box.left + box.width * chance.uniform(0.4, 0.55)
    left = box.between(box.left, middle - page.em)
    small = Setting(size=chance.uniform(0.7, 0.9), align="left", leading=chance.uniform(1, 1.25))
    row = page.set(left, ["Nơi", "nhận:"], replace(small, style=3))
    for _ in range(chance.randint(1, 8)):
        row = page.set(left.below(row), ["-", *page.words(2, 9)], small)
    right = box.between(middle, box.right)
    head = page.set(right, [word.upper() for word in page.words(2, 8)], Setting(1, align="centre", leading=1.2, most=3))
    space = chance.uniform(40, 150)
    centre = (middle + box.right) / 2
    page.seals.append((centre - chance.uniform(0, 100), head + space * chance.uniform(0, 0.8)))
    squiggle(page, (centre, head + 0.4 * space), chance.uniform(50, 130))
    name = [word.title() for word in page.words(2, 4)]
    foot = page.set(right.below(min(head + space, box.bottom - 5)), name, Setting(1, align="centre", most=1))
    return max(row, foot)


def letterhead(page: Composer, box: Box) -> float:
    """The two heads of an official paper, number and date below them."""
    chance = page.chance
    middle, gap = box.left + box.width * chance.uniform(0.36, 0.5), chance.uniform(3, 20)
    left, right = box.between(box.left, middle - gap), box.between(middle, box.right)
    small = Setting(1, chance.uniform(0.75, 1), "centre", leading=chance.uniform(1.05, 1.4))
    office = chance.choice(_LEFT_HEADS).split() + [word.upper() for word in page.words(0, 5)]
    left_row = page.set(left, office, replace(small, style=chance.choice((0, 1))))
    motto = chance.choice(_RIGHT_HEADS)
    right_row = page.set(right, motto[0].split(), small)
    right_row = page.set(right.below(right_row), motto[1].split(), replace(small, underlined=chance.hit(0.4)))
    rule(page, (left.left + left.right) / 2, left_row, 40)
    rule(page, (right.left + right.right) / 2, right_row, 90)
    row = max(left_row, right_row) + chance.uniform(0, 12)
    left_row = page.set(left.below(row), ["Số:", texts.number(chance).split(" ")[0]], replace(small, style=0))
    date = f"ngày {chance.randint(1, 31)} tháng {chance.randint(1, 12)} năm {chance.randint(1930, 2025)}"
    right_row = page.set(right.below(row), ["Hà", "Nội,", *date.split()], replace(small, style=2))
    return max(left_row, right_row) + 0.5 * page.em


def flow(page: Composer, box: Box, blocks: Mapping[Block, float]) -> float:
    """Blocks one below the other until the box is full."""
    row = box.top
    while row < box.bottom - 1.5 * page.em:
        block = page.chance.choices(list(blocks), list(blocks.values()))[0]
        row = max(row + 4, (paragraph if box.width < 6 * page.em else block)(page, box.below(row)))
        if page.chance.hit(0.3):
            row += page.chance.uniform(0, 2.5) * page.em
    return row


PLAIN: Mapping[Block, float] = {paragraph: 8, heading: 1, enumeration: 2, form: 1, title: 1, margin_notes: 0.7}
TABLES: Mapping[Block, float] = {table: 4, paragraph: 1, heading: 1}
COLUMNS: Mapping[Block, float] = {columns: 4, heading: 1, title: 1, paragraph: 1, figure: 1}
MIXED: Mapping[Block, float] = {
    paragraph: 2, dark_box: 1.5, figure: 1.5, title: 1, heading: 1, enumeration: 1, columns: 1, table: 1, form: 1.5,
    margin_notes: 1,
}  # fmt: skip
