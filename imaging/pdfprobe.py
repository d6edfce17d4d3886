"""What the structure of a PDF tells, as JSON on stdout: signed, text, and the pictures that cover each page.

Run as a program of its own, with limits on time and memory, because it reads files of any make: whatever a hostile
file does to it, the caller lives on. It therefore imports nothing of this product.

    python -I pdfprobe.py FILE SECONDS MEMORY_BYTES MAX_PAGES
"""

from __future__ import annotations

import json
import logging
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pikepdf

_SHOWS_TEXT = re.compile(rb"(?:^|[\s\])>])(?:Tj|TJ|'|\")(?=\s|$)")
_MAX_DEPTH = 3
_TEXT = frozenset(("Tj", "TJ", "'", '"'))
_MARKS = frozenset(("f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "BI"))
"""Operators that paint something else than a picture of its own (ISO 32000-1, annex A)."""
_NO_PICTURE = {"dpi": None, "mode": "colour", "scan": False}
_UNSEEN = (3, 7)
"""Text rendering modes that leave no mark (ISO 32000-1, table 106)."""
_SCAN_COVER = 0.9
_MIN_COVER = 0.1
"""Pictures that cover less of the page than this (logos, seals) say nothing of its resolution."""


def main(arguments: list[str]) -> int:
    """Print the report; exit status 0, or 1 with the reason on stderr."""
    file, seconds, memory, max_pages = arguments[0], int(arguments[1]), int(arguments[2]), int(arguments[3])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    logging.disable(logging.CRITICAL)
    try:
        with pikepdf.open(file) as pdf:
            print(json.dumps(report(pdf, max_pages)))
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, LookupError, MemoryError) as err:
        print(type(err).__name__, err, file=sys.stderr)
        return 1
    return 0


def report(pdf: pikepdf.Pdf, max_pages: int) -> dict[str, Any]:
    """``{"signed", "text", "pages": [{"dpi", "mode", "scan"} …]}``; ``dpi`` is null where no picture covers the page,
    ``scan`` tells that pictures are all there is to be seen on it."""
    pages = []
    text = False
    for number, page in enumerate(pdf.pages):
        if number >= max_pages:
            break
        pages.append(_page(page))
        text = text or _has_text(page.obj, _MAX_DEPTH)
    return {"signed": _signed(pdf), "text": text, "pages": pages}


def _signed(pdf: pikepdf.Pdf) -> bool:
    """Whether a signature field holds a signature (ISO 32000-1, 12.7.4.5)."""
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return False
    waiting, seen = list(_items(form.get("/Fields"))), 0
    while waiting and seen < 10_000:
        field = waiting.pop()
        seen += 1
        if not isinstance(field, pikepdf.Dictionary):
            continue
        value = field.get("/V")
        if isinstance(value, pikepdf.Dictionary) and "/ByteRange" in value and "/Contents" in value:
            return True
        waiting.extend(_items(field.get("/Kids")))
    return False


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, pikepdf.Array):
        yield from value


def _has_text(holder: Any, depth: int) -> bool:
    """Whether a page or form shows text, looking into the forms it uses."""
    try:
        if _SHOWS_TEXT.search(_content(holder)):
            return True
        return depth > 0 and any(_has_text(form, depth - 1) for form in _xobjects(holder, "/Form"))
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError):
        return False


def _content(holder: Any) -> bytes:
    if isinstance(holder, pikepdf.Stream):
        return holder.read_bytes()
    contents = holder.get("/Contents")
    if isinstance(contents, pikepdf.Stream):
        return contents.read_bytes()
    return b"\n".join(part.read_bytes() for part in _items(contents) if isinstance(part, pikepdf.Stream))


def _xobjects(holder: Any, kind: str) -> Iterator[Any]:
    resources = holder.get("/Resources")
    table = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if isinstance(table, pikepdf.Dictionary):
        for item in table.values():
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == kind:
                yield item


def _page(page: pikepdf.Page) -> dict[str, Any]:
    """Resolution and depth of the pictures that make up the page, if they cover half of it or more."""
    try:
        box = [float(edge) for edge in page.cropbox]
        area = abs((box[2] - box[0]) * (box[3] - box[1]))
        drawn = list(_drawn(page.obj, page.obj.get("/Resources"), pikepdf.Matrix(), _MAX_DEPTH))
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, LookupError):
        return dict(_NO_PICTURE)
    covers = [(cover / area, dpi, image) for cover, dpi, image in drawn if area > 0]
    covered = sum(cover for cover, _, _ in covers)
    if covered < 0.5:
        return dict(_NO_PICTURE)
    large = [entry for entry in covers if entry[0] >= _MIN_COVER] or covers
    scan = covered >= _SCAN_COVER and not _shows_more(page.obj, page.obj.get("/Resources"), _MAX_DEPTH)
    return {
        "dpi": max(dpi for _, dpi, _ in large),
        "mode": _mode([image for _, _, image in covers]),
        "scan": scan,
    }


def _shows_more(holder: Any, resources: Any, depth: int) -> bool:
    """Whether text is shown that can be seen, or a path or shading is painted, here or in a form that is used."""
    if not isinstance(resources, pikepdf.Dictionary):
        return False
    table, mode, stack = resources.get("/XObject"), 0, list[int]()
    for step in pikepdf.parse_content_stream(holder):
        operator = str(step.operator)
        if operator == "Tr":
            mode = int(step.operands[0])
        elif operator == "q":
            stack.append(mode)
        elif operator == "Q":
            mode = stack.pop() if stack else 0
        elif operator in _MARKS or (operator in _TEXT and mode not in _UNSEEN):
            return True
        elif operator == "Do" and isinstance(table, pikepdf.Dictionary):
            form = table.get(str(step.operands[0]))
            if not isinstance(form, pikepdf.Stream) or form.get("/Subtype") != "/Form":
                continue
            if depth == 0 or _shows_more(form, form.get("/Resources", resources), depth - 1):
                return True
    return False


def _drawn(holder: Any, resources: Any, start: pikepdf.Matrix, depth: int) -> Iterator[tuple[float, float, Any]]:
    """Area in pt², resolution in dpi and object of each picture painted, by the matrix in force (ISO 32000-1, 8.3)."""
    table = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(table, pikepdf.Dictionary):
        return
    matrix, stack = start, []
    for step in pikepdf.parse_content_stream(holder, "q Q cm Do"):
        operator, operands = str(step.operator), list(step.operands)
        if operator == "q":
            stack.append(matrix)
        elif operator == "Q":
            matrix = stack.pop() if stack else start
        elif operator == "cm":
            matrix = pikepdf.Matrix(*(float(value) for value in operands)) @ matrix
        elif operator == "Do" and str(operands[0]) in table:
            yield from _painted(table[str(operands[0])], resources, matrix, depth)


def _painted(item: Any, resources: Any, matrix: pikepdf.Matrix, depth: int) -> Iterator[tuple[float, float, Any]]:
    if not isinstance(item, pikepdf.Stream):
        return
    if item.get("/Subtype") == "/Form" and depth > 0:
        own = pikepdf.Matrix(item["/Matrix"]) if "/Matrix" in item else pikepdf.Matrix()
        yield from _drawn(item, item.get("/Resources", resources), own @ matrix, depth - 1)
    elif item.get("/Subtype") == "/Image":
        area = abs(matrix.a * matrix.d - matrix.b * matrix.c)
        pixels = float(item["/Width"]) * float(item["/Height"])
        if area > 0 and pixels > 0:
            yield area, 72.0 * (pixels / area) ** 0.5, item


def _mode(images: list[Any]) -> str:
    """``bitonal``, ``grey`` or ``colour``: the richest of the pictures."""
    modes = {_mode_of(image) for image in images}
    return next(mode for mode in ("colour", "grey", "bitonal") if mode in modes)


def _mode_of(image: Any) -> str:
    space = image.get("/ColorSpace")
    if bool(image.get("/ImageMask", False)) or (int(image.get("/BitsPerComponent", 8)) == 1 and space == "/DeviceGray"):
        return "bitonal"
    if isinstance(space, pikepdf.Array) and len(space) > 1:
        base = str(space[0])
        if base == "/CalGray" or (base == "/ICCBased" and int(space[1].get("/N", 3)) == 1):
            return "grey"
    return "grey" if space in ("/DeviceGray", "/CalGray") else "colour"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
