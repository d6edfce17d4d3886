"""Numbers with notation and dates as Vietnamese offices and courts print them.

Sources: NĐ 30/2020/NĐ-CP Phụ lục I and III (``Số: 15/QĐ-BNV``, ``ngày 05 tháng 01 năm 2020``); the courts' numbering
``58/2023/HNGĐ-ST`` (judgment) and ``27/2017/TLPT-HS`` (docket). All patterns match folded text of :mod:`core.text`.
"""

from __future__ import annotations

import re
from datetime import date

_D = r"[0-9oil|]"
_DASH = r"[-_~]"
_KIND = r"hngd|kdtm|hs|ds|ld|hc"
_INSTANCE = r"st|pt|gdt|tt"

JUDGMENT = re.compile(
    rf"\b(?P<no>\d{{1,5}}[a-z]?)\s*/\s*(?:(?P<year>(?:19|20)\d\s?\d)\s*/\s*)?"
    rf"(?P<kind>{_KIND})\s*{_DASH}?\s*(?P<instance>{_INSTANCE})\b(?!\s*{_DASH}\s*qd)"
)
"""Number of a judgment: number, year (missing on older ones), case family, instance."""

DOCKET = re.compile(
    r"thu\s+ly(?:\s+vu\s+(?:an|viec|kien))?(?:\s+(?:hinh su|dan su|hanh chinh))?(?:\s+(?:so|phuc)\s+tham)?"
    r"\s*(?:so)?\s*[:;.]?\s*"
    rf"(?P<code>(?P<no>\d{{1,5}}[a-z]?)\s*/\s*(?:(?P<year>(?:19|20)\d\d)\s*/\s*)?"
    rf"(?:tl\s*{_DASH}?\s*(?P<instance>st|pt)\s*{_DASH}?\s*(?P<kind>{_KIND})|(?P<kind2>{_KIND})\s*{_DASH}?\s*"
    r"(?P<instance2>st|pt)))\b"
)
"""``thụ lý số: 36/2016/TLST-DS`` in the opening of a judgment, ``328/DSST`` in older ones."""

NUMBER = re.compile(
    r"^\W*(?P<label>(?:(?:luat|phap lenh)\s+)?(?:so|s6|s0|sc|s))\s*[:;.,]?\s*"
    r"(?P<no>(?=[oil|]{0,2}\d)[0-9oil|]{1,6}[a-z]?)?"
    r"(?:[\s._]*/[\s/_]*|(?=(?:qd|tb|bc|kh|nq|ct|ttr|cv)-))"
    rf"(?P<notation>(?:(?:19|20)\d\d\s*/\s*)?[a-z][a-z0-9]*(?:\s?[{_DASH[1:-1]}/.&]\s?[a-z0-9]+)*)",
    re.MULTILINE,
)
"""``Số: 15/QĐ-BNV``; the number itself may be missing on a draft."""

_DAY_WORD = r"\bng\S{1,3}y"
DATE_LONG = re.compile(
    rf"{_DAY_WORD}\s*[:;.,]?\s*(?P<day>{_D}{{1,2}})\s*,?\s*th\S{{1,3}}ng\s*(?P<month>{_D}{{1,2}})\s*,?\s*n\S{{1,2}}m\s*"
    rf"(?P<year>{_D}{{4}})"
)
"""``ngày 05 tháng 01 năm 2020``, digits possibly read as letters."""

DATE_SHORT = re.compile(
    rf"{_DAY_WORD}\s*[:;.,]?\s*(?P<day>\d{{1,2}})\s*(?P<sep>[-/.])\s*(?P<month>\d{{1,2}})\s*(?P=sep)\s*(?P<year>\d{{4}})"
)
"""``Ngày: 29/9/2023``, ``Ngày 07- 11- 2018``."""

KINDS = {"hs": "HS", "ds": "DS", "hngd": "HNGĐ", "kdtm": "KDTM", "ld": "LĐ", "hc": "HC"}
INSTANCES = {"st": "ST", "pt": "PT", "gdt": "GĐT", "tt": "TT"}

_PARTS = {
    "qd": "QĐ",
    "nd": "NĐ",
    "hdnd": "HĐND",
    "hngd": "HNGĐ",
    "gdt": "GĐT",
    "qdst": "QĐST",
    "qdpt": "QĐPT",
    "qdxxst": "QĐXXST",
    "qdxxpt": "QĐXXPT",
    "qdxx": "QĐXX",
}
"""Abbreviations whose Đ has no other reading, for notations read without the bar of the letter."""


def digits(text: str) -> str:
    """Letters that OCR puts for digits back to digits: ``O5`` → ``05``."""
    return text.lower().translate(str.maketrans("oil|", "0111"))


def judgment_code(match: re.Match[str]) -> str:
    """Normal spelling of a :data:`JUDGMENT` match: ``06/2020/HNGĐ-ST``."""
    kind, instance = KINDS[match["kind"]], INSTANCES[match["instance"]]
    return "/".join([*_number_and_year(match), f"{kind}-{instance}"])


def docket_code(match: re.Match[str]) -> str:
    """Normal spelling of a :data:`DOCKET` match: ``36/2016/TLST-DS``; older ones ``328/DS-ST``."""
    if match["kind"]:
        tail = f"TL{INSTANCES[match['instance']]}-{KINDS[match['kind']]}"
    else:
        tail = f"{KINDS[match['kind2']]}-{INSTANCES[match['instance2']]}"
    return "/".join([*_number_and_year(match), tail])


def _number_and_year(match: re.Match[str]) -> list[str]:
    year = match["year"]
    return [match["no"].upper(), *(["".join(year.split())] if year else [])]


def notation_code(printed: str) -> str:
    """Normal spelling of a notation: no spaces, plain hyphens, the bar of a well-known Đ restored."""
    tight = re.sub(r"\s+", "", printed).replace("_", "-").replace("~", "-")
    parts = re.split(r"([-/.&])", tight)
    return "".join(part if "đ" in part.lower() else _PARTS.get(part.lower(), part) for part in parts)


def iso_date(match: re.Match[str]) -> str | None:
    """The ISO 8601 date of a date match; ``None`` where the calendar has no such day or no archive such a year."""
    day, month, year = (int(digits(match[name])) for name in ("day", "month", "year"))
    if not 1800 <= year <= 2100:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
