"""Fields of court papers: judgment number and date, docket, instance and case family."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.model import FieldValue
from metadata import numbers
from metadata.layout import Layout
from metadata.passage import Passage

KIND_NAMES = {
    "HS": "hình sự", "DS": "dân sự", "HNGĐ": "hôn nhân và gia đình", "KDTM": "kinh doanh thương mại",
    "LĐ": "lao động", "HC": "hành chính",
}  # fmt: skip
INSTANCE_NAMES = {"ST": "sơ thẩm", "PT": "phúc thẩm", "GĐT": "giám đốc thẩm", "TT": "tái thẩm"}

_LABEL = re.compile(r"\W*(?:\d+\s+)?ban\s+an\b[^/]{0,40}")
_BARE = re.compile(r"\W*(?:(?:\d+\s+)?\S{2,5}\s+\S{2,6}\s*(?:s\S{1,3})?\s*[:;.]?\s*|s\S{0,3}\s*[:;.]?\s*)?")
"""What may stand before a number without a readable "Bản án": nothing, or the label in a font that was not mapped."""
_OPENING = re.compile(r"(?:trong\s+(?:cac\s+)?ngay|tu\s+ngay|vao\s+(?:cac\s+)?ngay|^\W*ng\S{1,3}y)[^\n]*", re.MULTILINE)
_HEARING = re.compile(r"xet\s+xu|mo\s+phien|tai\s*:?\s*(?:tru\s+so|phong|hoi\s+truong|toa)|t\S{1,3}i\s+tru")
_FAMILY_IN_PROSE = re.compile(
    r"(?:vu\s+(?:an|kien)|ban\s+an)\s+(?:ve\s+)?(hinh su|dan su|hon nhan|kinh doanh|lao dong|hanh chinh)"
)
_INSTANCE_IN_PROSE = re.compile(
    r"(?:xet\s+xu|ban\s+an[^\n]{0,25}?)\s+(so\s+tham|phuc\s+tham|giam\s+doc\s+tham|tai\s+tham)"
)
_KIND_OF_PROSE = {"hinh su": "HS", "dan su": "DS", "hon nhan": "HNGĐ", "kinh doanh": "KDTM", "lao dong": "LĐ",
                  "hanh chinh": "HC"}  # fmt: skip
_INSTANCE_OF_PROSE = {"so tham": "ST", "phuc tham": "PT", "giam doc tham": "GĐT", "tai tham": "TT"}


def read_court_fields(layout: Layout) -> dict[str, FieldValue]:
    """``judgment_number``, ``judgment_date``, ``case_number``, ``acceptance_number``, ``instance``, ``case_type``.

    A court numbers a case when it accepts it, so case number and acceptance number are one printed code.
    """
    found: dict[str, FieldValue] = {}
    judgment = _judgment(layout.head)
    docket = numbers.DOCKET.search(layout.body.folded)
    if judgment:
        match, prior = judgment
        found["judgment_number"] = layout.head.take(
            *match.span(), "judgment-label" if prior > 0.9 else "judgment-form", prior, numbers.judgment_code(match)
        )
    if judgment or docket:
        date = _judgment_date(layout, judgment[0] if judgment else None)
        if date:
            found["judgment_date"] = date
    if docket:
        field = layout.body.take(*docket.span("code"), "docket-accepted", 0.92, numbers.docket_code(docket))
        found |= {"case_number": field, "acceptance_number": field}
    found |= _family_and_instance(layout, judgment[0] if judgment else None, docket)
    return found


def split_judgment(layout: Layout) -> dict[str, FieldValue]:
    """``number`` and ``notation`` of a judgment: ``31/2017/DS-ST`` → ``31`` and ``2017/DS-ST``."""
    judgment = _judgment(layout.head)
    if not judgment:
        return {}
    match, prior = judgment
    number, _, notation = numbers.judgment_code(match).partition("/")
    start = match.start("year") if match["year"] else match.start("kind")
    return {
        "number": layout.head.take(*match.span("no"), "judgment-number", prior, number),
        "notation": layout.head.take(start, match.end(), "judgment-number", prior, notation),
    }


def _judgment(head: Passage) -> tuple[re.Match[str], float] | None:
    """The first number in judgment form at the start of a row, one after "Bản án" before others; with its prior."""
    bare: tuple[re.Match[str], float] | None = None
    for match in numbers.JUDGMENT.finditer(head.folded):
        row = head.folded.rfind("\n", 0, match.start()) + 1
        before = head.folded[row : match.start()]
        if _LABEL.fullmatch(before):
            return match, 0.97
        if bare is None and _BARE.fullmatch(before) and "quyet" not in before:
            bare = match, 0.75
    return bare


def _judgment_date(layout: Layout, judgment: re.Match[str] | None) -> FieldValue | None:
    """The date printed below the judgment's number, else the last day of the hearing in the opening sentence."""
    if judgment:
        for match in _dates(layout.head, judgment.end(), judgment.end() + 90):
            return layout.head.take(*match.span(), "date-below-number", 0.95, numbers.iso_date(match))
    for opening in _OPENING.finditer(layout.body.folded):
        sentence_end = min(opening.start() + 260, len(layout.body.folded))
        hearing = _HEARING.search(layout.body.folded, opening.start(), sentence_end)
        if not hearing:
            continue
        days = list(_dates(layout.body, opening.start(), hearing.start()))
        if days:
            return layout.body.take(*days[-1].span(), "date-of-hearing", 0.7, numbers.iso_date(days[-1]))
    return None


def _dates(passage: Passage, start: int, end: int) -> Iterator[re.Match[str]]:
    """Dates that the calendar has, in order of appearance."""
    both = [
        match
        for pattern in (numbers.DATE_LONG, numbers.DATE_SHORT)
        for match in pattern.finditer(passage.folded, start, min(end, len(passage.folded)))
    ]
    for match in sorted(both, key=lambda found: found.start()):
        if numbers.iso_date(match):
            yield match


def _family_and_instance(
    layout: Layout, judgment: re.Match[str] | None, docket: re.Match[str] | None
) -> dict[str, FieldValue]:
    """Case family and instance by the judgment's number, the docket, or the words of the opening; codes as normal."""
    found: dict[str, FieldValue] = {}
    for match, passage, prior in ((judgment, layout.head, 0.95), (docket, layout.body, 0.88)):
        if match is None:
            continue
        suffix = "2" if match.groupdict().get("kind2") else ""
        kind = numbers.KINDS[match["kind" + suffix]]
        instance = numbers.INSTANCES[match["instance" + suffix]]
        found.setdefault("case_type", _named(passage, match.span("kind" + suffix), kind, KIND_NAMES, prior))
        found.setdefault("instance", _named(passage, match.span("instance" + suffix), instance, INSTANCE_NAMES, prior))
    body = layout.body
    for name, pattern, codes, names in (
        ("case_type", _FAMILY_IN_PROSE, _KIND_OF_PROSE, KIND_NAMES),
        ("instance", _INSTANCE_IN_PROSE, _INSTANCE_OF_PROSE, INSTANCE_NAMES),
    ):
        word = pattern.search(body.folded)
        if name not in found and word and _HEARING.search(body.folded):
            found[name] = _named(body, word.span(1), codes[" ".join(word[1].split())], names, 0.7)
    return found


def _named(passage: Passage, span: tuple[int, int], code: str, names: dict[str, str], prior: float) -> FieldValue:
    """A field whose value is the term in words and whose normal form is the courts' code."""
    field = passage.take(*span, "court-code", prior, code)
    return FieldValue(names[code], code, field.confidence, field.page, field.box, field.rule)
