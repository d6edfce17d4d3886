"""Fields from the head of a document: issuer, type, abstract, number, date and place (NĐ 30/2020/NĐ-CP, Phụ lục I)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.model import FieldValue
from metadata import numbers
from metadata.document_types import type_of_notation, type_of_title
from metadata.layout import Layout, is_motto
from metadata.passage import Passage, Segment, folded_space, join

_BODY_HEAD = re.compile(
    r"^\W*(?:bo|so|uy ban|ubnd|van phong|cuc|vu|tong cuc|tong cong ty|cong ty|ban|trung tam|truong|chi cuc|phong|vien|"
    r"hoc vien|dai hoc|toa|tand|hoi|doan|dang|thu tuong|chinh phu|quoc hoi|kho bac|ngan hang|tap doan|bao hiem|"
    r"cong an|thanh tra|lien|chu tich|co quan|xi nghiep|nha may|doi|don vi|to|thanh uy|tinh uy|huyen uy|quan uy|"
    r"vksnd|cong hoa)\b"
)
_UNFINISHED = re.compile(r"(?:uy ban nhan dan|hoi dong nhan dan|toa an nhan dan|kiem sat nhan dan|cong an|thanh tra)$")
_PLACE_UNIT = re.compile(r"^(?:tinh|thanh pho|tp\.?|huyen|quan|thi xa|xa|phuong|thi tran|khu vuc|toi cao|cap cao)\b")
_ABOUT = re.compile(r"^\W*(?:v\s?/\s?v|ve viec|v\.v)\b\W{0,4}")
_SUBJECT_END = re.compile(
    r"^\s*(?:[-*+]|\d+[.)/])|^\W*nguoi\b|"
    r"^\W*(?:nhan danh|nuoc cong hoa|kinh gui|can cu|toa an nhan|so\s*[:;]|ngay\s*:|ban an\b|hom nay|luat\b.*ban hanh)"
)
_AUTHORITY = re.compile(
    r"^\W*(?:bo truong|giam doc|chu tich|thu truong|thu tuong|chanh an|hieu truong|cuc truong|tong giam doc|"
    r"vien truong|uy ban nhan dan|hoi dong|quoc hoi|chinh phu|chanh van phong|truong ban)\b"
)
_LABELS = re.compile(r"^\W*(?:(?:so|s6)\s*[:;.]|(?:ban an|quyet dinh so|ngay|ng\S{1,3}y|v\s?/\s?v|ve viec|thu ly)\b)")
_NUMBERED_TITLE = re.compile(r"\b(?:ban an|quyet dinh|cao trang|thong bao)\b[^\n]{0,30}?\bs\S{1,2}\s*[:;.]?\s*(?=\d)")
_ISSUER_ROWS = 14
"""The issuer stands among the first rows; stamps of electronic signatures may be read before it."""
_PLACE = re.compile(
    r"^\W*(?P<place>[^\W\d_][^\n,:;]{1,40}?)\s*,\s*(?=ng\S{1,3}y\s*\S{0,4}\s*th\S{1,3}ng)", re.MULTILINE
)


def read_issuer(rows: Sequence[Segment]) -> FieldValue | None:
    """The issuing body: the last body named in the left column above the number, its parent left out."""
    bodies: list[list[Segment]] = []
    for row in rows[:_ISSUER_ROWS]:
        named = _in_capitals(row.text) and (bodies or _BODY_HEAD.match(row.folded))
        if _LABELS.match(row.folded) or type_of_title(row.folded) or (bodies and not named):
            break
        if not named:
            continue
        starts = not bodies or (
            _BODY_HEAD.match(row.folded) and not _UNFINISHED.search(bodies[-1][-1].folded.strip(" .,-_"))
        )
        if starts:
            bodies.append([])
        bodies[-1].append(row)
    if not bodies:
        return None
    passage = join(bodies[-1])
    normal = folded_space(passage.text).strip(" .,*-_")
    return passage.take(0, len(passage.text), "issuer-top-left", 0.85, normal)


def _in_capitals(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) > 1 and sum(char.isupper() for char in letters) >= 0.8 * len(letters)


def read_number(head: Passage) -> dict[str, FieldValue]:
    """``number`` and ``notation`` of an administrative number; number + ``/`` + notation is the whole code."""
    labelled = numbers.NUMBER.finditer(head.folded)
    match = next((match for match in labelled if head.text[match.start("label")].isupper()), None)
    if not match:
        return {}
    printed = head.text[match.start("notation") : match.end("notation")]
    found = {"notation": head.take(*match.span("notation"), "number-label", 0.92, numbers.notation_code(printed))}
    if match["no"]:
        normal = numbers.digits(match["no"]) if match["no"][-1] in "0123456789oil|" else match["no"].upper()
        prior = 0.95 if match["no"].isdigit() else 0.7
        found["number"] = head.take(*match.span("no"), "number-label", prior, normal)
    return found


def read_place_and_date(layout: Layout) -> dict[str, FieldValue]:
    """``place`` and ``issued_date`` from ``Hà Nội, ngày 05 tháng 01 năm 2020``."""
    found: dict[str, FieldValue] = {}
    place = _PLACE.search(layout.right.folded)
    if place and layout.right.text[place.start("place")].isupper():
        found["place"] = layout.right.take(*place.span("place"), "place-before-date", 0.9)
    for passage, prior in ((layout.right, 0.95), (layout.head, 0.85)):
        for match in numbers.DATE_LONG.finditer(passage.folded):
            normal = numbers.iso_date(match)
            if normal:
                sure = all(match[part].isdigit() for part in ("day", "month", "year"))
                found["issued_date"] = passage.take(
                    *match.span(), "place-and-date", prior if sure else prior * 0.7, normal
                )
                return found
    return found


def read_type(rows: Sequence[Segment], notation: FieldValue | None) -> tuple[FieldValue | None, int | None]:
    """The kind of document and the row of its title, where it has one.

    A title in capitals comes first, then the label of a number (``Bản án số:``), then the abbreviation in the
    notation, and last, for a notation with ``V/v`` and no title, the official letter.
    """
    for i, row in enumerate(rows):
        kind = type_of_title(row.folded)
        if kind and _in_capitals(row.text) and not is_motto(row):
            passage = join([row])
            return passage.take(0, len(passage.text), "type-title", 0.95, kind.name), i
    for row in rows:
        kind = type_of_title(row.folded)
        label = _NUMBERED_TITLE.match(row.folded.strip()) or (kind and kind.name == "Bản án" and ":" in row.folded)
        if kind and label:
            passage = join([row])
            end = passage.folded.find(" so") if " so" in passage.folded else passage.folded.find(":")
            return passage.take(0, end if end > 0 else len(passage.text), "type-number-label", 0.93, kind.name), None
    if notation is None:
        return None, None
    kind = type_of_notation(notation.normal)
    if kind:
        return _by_notation(notation, kind.name, "type-notation", 0.8), None
    if any(_ABOUT.match(row.folded) for row in rows):
        return _by_notation(notation, "Công văn", "type-official-letter", 0.75), None
    return None, None


def _by_notation(notation: FieldValue, name: str, rule: str, factor: float) -> FieldValue:
    return replace(notation, normal=name, rule=rule, confidence=round(notation.confidence * factor, 4))


def read_subject(rows: Sequence[Segment], title_row: int | None) -> FieldValue | None:
    """The abstract: ``V/v …`` below the number, or the rows below the title; normal without quotes and full stop."""
    for i, row in enumerate(rows):
        if title_row is None and _ABOUT.match(row.folded):
            return _subject(rows[i:], "subject-about", 0.9)
    if title_row is None:
        return None
    title = rows[title_row]
    below = [row for row in rows[title_row + 1 :] if row.page == title.page]
    return _subject(below, "subject-below-title", 0.8) if below else None


def _subject(rows: Sequence[Segment], rule: str, prior: float) -> FieldValue | None:
    taken: list[Segment] = []
    for i, row in enumerate(rows[:9]):
        authority = _AUTHORITY.match(row.folded) and _in_capitals(row.text)
        if authority or _SUBJECT_END.match(row.folded) or (i and _LABELS.match(row.folded)):
            break
        if i and _in_capitals(row.text) and not _in_capitals(rows[0].text):
            break
        taken.append(row)
        if row.text.rstrip().endswith((".", ";", "”.")):
            break
    passage = join(taken)
    about = _ABOUT.match(passage.folded)
    start = about.end() if about else 0
    normal = _without_quotes(folded_space(passage.text[start:]))
    if not any(char.isalpha() for char in normal):
        return None
    quote = passage.text[max(0, start - 1) : start]
    first = start - 1 if quote in {'"', "“"} else start
    return passage.take(first, len(passage.text), rule, prior, normal)


def _without_quotes(text: str) -> str:
    """No full stop or dash at the ends, and no quotes around the whole; quotes within stay."""
    bare = text.strip(" .,;:'*-_")
    quotes = sum(bare.count(mark) for mark in '"“”')
    enclosed = bare[:1] in '"“' and (bare[-1:] in '"”' or quotes == 1)
    if bare and quotes <= 2 and (enclosed or quotes == 1):
        bare = bare.strip('"“”').strip(" .,;:'*-_")
    return bare
