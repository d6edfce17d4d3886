"""Marks of state secrets: a page that bears one must stop and be quarantined.

Law on the protection of state secrets (Luật Bảo vệ bí mật nhà nước): the degrees are MẬT, TỐI MẬT, TUYỆT MẬT, stamped
or printed by themselves at the top of the page. A mark counts only as a row of its own in capitals, never inside prose
("bí mật nhà nước", "giữ bí mật"). A false alarm costs a clerk's glance and a miss breaks the law, so a mark whose
diacritics were misread still counts, with less confidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.model import FieldValue, RecognizedPage
from metadata.layout import page_segments
from metadata.passage import Segment, join

_TOP = 0.45
"""Share of the page height within which a mark stands."""
_MARK = re.compile(r"^[\W_\d]*(?P<label>do\s+mat\s*[:.]?\s*)?(?P<mark>(?:tuyet|toi)\s*mat|mat)[\W_\d]*$")
_DEGREES = {"mat": "Mật", "toimat": "Tối mật", "tuyetmat": "Tuyệt mật"}
_BROKEN_WORD = re.compile(r"\b(?:bi|bao|co|can|giu|tuyet doi|khuon|be|nha)\W*$")
"""Ends of rows whose next word is "mật" without being a mark: "BẢO VỆ BÍ / MẬT NHÀ NƯỚC"."""


def secrecy_mark(pages: Sequence[RecognizedPage]) -> FieldValue | None:
    """The first secrecy mark on any of ``pages``, or ``None``; normal is ``Mật``, ``Tối mật`` or ``Tuyệt mật``."""
    return mark_among(page_segments(pages))


def mark_among(segments: Sequence[Segment]) -> FieldValue | None:
    """The first secrecy mark among rows in reading order, or ``None``."""
    before: Segment | None = None
    for row in segments:
        mark = _mark_of(row) if row.top <= _TOP and not _continues(before, row) else None
        if mark:
            return mark
        before = row
    return None


def _mark_of(row: Segment) -> FieldValue | None:
    match = _MARK.match(row.folded)
    if not match:
        return None
    printed = row.text[match.start("mark") : match.end("mark")]
    if not printed.isupper() and not match["label"]:
        return None
    degree = _DEGREES["".join(match["mark"].split())]
    exact = "".join(printed.lower().split()) == "".join(degree.lower().split())
    return join([row]).take(*match.span("mark"), "secrecy-mark", 0.95 if exact else 0.6, degree)


def _continues(before: Segment | None, row: Segment) -> bool:
    return before is not None and before.page == row.page and _BROKEN_WORD.search(before.folded) is not None
