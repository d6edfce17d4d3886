"""Names of courts: found in the head, under "NHÂN DANH", or in the opening sentence.

The normal form is ``Tòa án nhân dân huyện Năm Căn, tỉnh Cà Mau``; a paper keeps the name of its time (district courts
until 30/6/2025, ``khu vực`` courts after).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.model import FieldValue
from core.text import fold
from metadata.layout import Layout
from metadata.passage import Passage, clean

_COURT = re.compile(r"\b(?:toa\s+an\s+(?P<kind>nhan\s+dan|quan\s+su)|tand)\b")
_UNIT = re.compile(
    r"huyen|quan\s+khu|quan|thi\s+xa|tx\.?|thanh\s+pho|tp\.?|tinh|khu\s+vuc|cap\s+cao|toi\s+cao|trung\s+uong|tai"
)
_STEP = re.compile(r"(?P<gap>[\s,/*.-]*)(?:(?P<unit>(?:" + _UNIT.pattern + r")(?![^\W_]))|(?P<word>[^\W_]+))")
_UNITS = {
    "huyen": "huyện", "quan": "quận", "quan khu": "quân khu", "thi xa": "thị xã", "tx": "thị xã", "tx.": "thị xã",
    "thanh pho": "thành phố", "tp": "thành phố", "tp.": "thành phố", "tinh": "tỉnh", "khu vuc": "khu vực",
    "cap cao": "cấp cao", "toi cao": "tối cao", "trung uong": "trung ương", "tai": "tại",
}  # fmt: skip
_COMPLETE = {"tối cao", "cấp cao", "trung ương"}
"""Units that need no name after them."""
_NOT_UNITS = {"tĩnh", "quản", "quán", "tính", "tài"}
"""Parts of names that fold to a unit: Hà Tĩnh, Hớn Quản."""
_TRIAL = re.compile(r"xet xu|thu ly|hoi dong xet")


@dataclass
class _Group:
    unit: str
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CourtName:
    """A court's name as found in a text: where it ends, and its normal form."""

    end: int
    normal: str


def read_court(layout: Layout) -> FieldValue | None:
    """The court that issued the document by its best printed form, or ``None``.

    A form without the province is completed by another on the first pages that has it.
    """
    found = sorted(_candidates(layout), key=lambda value: -value.confidence)
    if not found:
        return None
    best = found[0]
    for other in found[1:]:
        if fold(other.normal).startswith(fold(best.normal) + ","):
            return other
    return best


def normal_court(printed: str) -> str | None:
    """Normal form of a printed court name: ``TOÀ ÁN NHÂN DÂN TP. MỸ THO - TỈNH TIỀN GIANG`` →
    ``Tòa án nhân dân thành phố Mỹ Tho, tỉnh Tiền Giang``; ``None`` where it names no place or rank."""
    text = clean(printed)
    match = _COURT.search(fold(text))
    name = _parse(text, match) if match else None
    return name.normal if name else None


def _candidates(layout: Layout) -> Iterator[FieldValue]:
    yield from _found_in(layout.head, "court-head", 0.95, capitals_only=True)
    body = layout.body
    for match in re.finditer(r"nhan\s+danh|viet\s+na?m\s*$", body.folded, re.MULTILINE):
        yield from _found_in(body, "court-in-whose-name", 0.93, start=match.end(), end=match.end() + 120)
    if _TRIAL.search(body.folded):
        yield from _found_in(body, "court-opening", 0.75)


def _found_in(
    passage: Passage, rule: str, prior: float, *, start: int = 0, end: int | None = None, capitals_only: bool = False
) -> Iterator[FieldValue]:
    for match in _COURT.finditer(passage.folded, start, len(passage.folded) if end is None else end):
        if capitals_only and not passage.text[match.start() : match.end()].isupper():
            continue
        name = _parse(passage.text, match)
        if name:
            yield passage.take(match.start(), name.end, rule, prior, name.normal)


def _parse(text: str, match: re.Match[str]) -> CourtName | None:
    """Read units and names after ``match`` as long as they go on; ``text`` has the offsets of the matched string.

    In capitals a new row only goes on with a unit; in prose a name may be broken over rows, and ends at the first
    word in small letters.
    """
    capitals = text[match.start() : match.end()].isupper()
    folded = match.string
    groups: list[_Group] = []
    end = match.end()
    while step := _STEP.match(folded, end):
        printed = text[step.start("word") : step.end("word")] if step["word"] else ""
        unit = _unit(step, text, folded)
        if unit:
            groups.append(_Group(unit))
        else:
            printed = printed or text[step.start("unit") : step.end("unit")]
            if not groups or not _goes_on(step["gap"], printed, groups[-1], capitals):
                break
            if "-" in step["gap"] and groups[-1].words:
                groups[-1].words.append("-")
            groups[-1].words.append(printed if printed.isdigit() else printed[:1].upper() + printed[1:].lower())
        end = step.end()
    while groups and not groups[-1].words and groups[-1].unit not in _COMPLETE:
        groups.pop()
    if not groups:
        return None
    military = "su" in (match["kind"] or "").split()
    return CourtName(end, _spell("Tòa án quân sự" if military else "Tòa án nhân dân", groups))


def _unit(step: re.Match[str], text: str, folded: str) -> str | None:
    if not step["unit"] or text[step.start("unit") : step.end("unit")].lower() in _NOT_UNITS:
        return None
    unit = _UNITS[" ".join(step["unit"].split())]
    named = re.match(r"\.?\s+[^\W_]", folded[step.end() :])
    return unit if named or unit in _COMPLETE else None


def _goes_on(gap: str, printed: str, group: _Group, capitals: bool) -> bool:
    starts_name = printed[:1].isupper() or printed.isdigit()
    if not starts_name or (capitals and not (printed.isupper() or printed.isdigit())):
        return False
    if not group.words:
        return group.unit not in {"tối cao", "trung ương"} and "," not in gap
    if "," in gap or "." in gap or "*" in gap or "/" in gap or (capitals and "\n" in gap):
        return False
    return not ("-" in gap and "\n" in gap)


def _spell(name: str, groups: list[_Group]) -> str:
    text = name
    for i, group in enumerate(groups):
        comma = i > 0 and group.unit != "tại" and groups[i - 1].unit != "tại" and groups[i - 1].unit not in _COMPLETE
        text += ("," if comma else "") + " " + " ".join([group.unit, *group.words])
    return text
