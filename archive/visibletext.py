"""Text of foreign PDF pages: take hidden text away, find out where visible text stands."""

from __future__ import annotations

import re
from pathlib import Path

from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream, parse_content_stream, unparse_content_stream

from core.errors import BadInputError
from core.process import run

Rectangle = tuple[float, float, float, float]

_SHOWING = frozenset(("Tj", "TJ", "'", '"'))
_INVISIBLE = 3
_SECONDS = 120.0
_PAGE = re.compile(r"<page [^>]*>(.*?)</page>", re.DOTALL)
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">')


def strip_hidden_text(pdf: Pdf, page: Page) -> None:
    """Remove what a page shows in rendering mode 3 (ISO 32000-1, 9.3.6), also within its form XObjects.

    Raises:
        pikepdf.PdfError: the content stream cannot be parsed.
    """
    content = _stripped(page, page.obj.get(Name.Resources, Dictionary()), 0, set())
    if content is not None:
        page.obj.Contents = Stream(pdf, content)


def _stripped(part: Page | Object, resources: Object, mode: int, seen: set[tuple[int, int]]) -> bytes | None:
    """The content of a page or form without hidden text, or ``None`` if there was none in it itself."""
    kept, modes, changed = [], [mode], False
    for instruction in parse_content_stream(part):
        name, operands = str(instruction.operator), instruction.operands
        if name == "q":
            modes.append(modes[-1])
        elif name == "Q" and len(modes) > 1:
            modes.pop()
        elif name == "Tr":
            modes[-1] = int(operands[0])
        elif name == "Do":
            _strip_form(resources.get(Name.XObject, Dictionary()).get(str(operands[0])), modes[-1], seen)
        if name in _SHOWING and modes[-1] == _INVISIBLE:
            changed = True
        else:
            kept.append(instruction)
    return unparse_content_stream(kept) if changed else None


def _strip_form(form: Object | None, mode: int, seen: set[tuple[int, int]]) -> None:
    if not isinstance(form, Stream) or form.get(Name.Subtype) != Name.Form or form.objgen in seen:
        return
    seen.add(form.objgen)
    content = _stripped(form, form.get(Name.Resources, Dictionary()), mode, seen)
    if content is not None:
        form.write(content)


def visible_words(path: Path, pages: int) -> list[list[Rectangle]]:
    """Where words stand on each page of a PDF, in pt of the page as displayed, y down.

    Raises:
        BadInputError: poppler cannot read the file.
        MissingToolError: poppler is not installed.
        ButlucError: poppler takes too long.
    """
    done = run(("pdftotext", "-bbox", path, "-"), timeout=_SECONDS)
    found = [
        [(float(x0), float(y0), float(x1), float(y1)) for x0, y0, x1, y1 in _WORD.findall(body)]
        for body in _PAGE.findall(done.stdout.decode("utf-8", "replace"))
    ]
    if len(found) != pages:
        raise BadInputError("archive.unreadable-pdf", file=path)
    return found
